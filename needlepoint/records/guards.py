"""What the database itself refuses: changed append-only rows and signed charts, sessions without pre-conditions."""

from __future__ import annotations

from typing import Any

from django.db import migrations

APPEND_ONLY = [
    "records_auditevent",
    "records_answer",
    "records_knowledgeadoption",
    "records_knowledgetext",
    "records_adoptedfile",
    "records_screening",
    "records_override",
    "records_overrideconfirmation",
    "records_plan",
    "records_planadoption",
    "records_depthoverride",
    "records_protocol",
    "records_protocolversion",
    "records_protocoladoption",
    "records_consenttext",
    "records_consent",
    "records_consentwithdrawal",
    "records_sessionchange",
    "records_deviceservice",
    "records_disinfection",
    "records_cosignature",
    "records_sessionaddendum",
    "records_sessionstrike",
    "records_messagetext",
    "records_messagestep",
    "records_recallmatch",
    "records_recallpatient",
    "records_recallcontact",
    "records_adversecourse",
    "records_photograph",
    "records_selfcheck",
    "records_scalescore",
    "records_measuresswitch",
    "records_cardcalibration",
    "records_pairscore",
    "records_ratingset",
    "records_ratingpair",
    "records_rating",
    "records_reteststudy",
    "records_retestperson",
    "records_retesttake",
    "records_retestresult",
]

SIGNED = (
    "EXISTS (SELECT 1 FROM records_treatmentsession s WHERE s.id = {row}.session_id"
    " AND (s.signed_at IS NOT NULL OR s.struck_at IS NOT NULL))"
)
# One that was signed on the wrong patient is struck, and nothing else of it changes.
SESSION_KEPT = "UPDATE BUT struck_at"

NOT_A_PHYSICIAN = "NOT EXISTS (SELECT 1 FROM records_user u WHERE u.id = NEW.exception_by_id AND u.role = 'physician')"
NUMBING_LOT_SPENT = (
    "EXISTS (SELECT 1 FROM records_lot l WHERE l.id = NEW.numbing_lot_id"
    " AND (l.state <> 'in_stock' OR l.expires_on < NEW.\"on\"))"
)
DEVICE_NOT_READY = (
    "EXISTS (SELECT 1 FROM records_deviceunit d, records_treatmentsession s WHERE d.id = NEW.device_unit_id"
    " AND s.id = NEW.session_id AND (d.state <> 'in_service' OR d.service_due < s.\"on\"))"
    " AND NOT EXISTS (SELECT 1 FROM records_sessionstrike k JOIN records_sessionarea a ON a.session_id = k.session_id"
    " WHERE k.continued_as_id = NEW.session_id AND a.device_unit_id = NEW.device_unit_id)"
)
RECALL_CLOSED = "EXISTS (SELECT 1 FROM records_recall r WHERE r.id = {recall} AND r.closed_at IS NOT NULL)"
SUBSTANCE_LOT_SPENT = (
    "EXISTS (SELECT 1 FROM records_lot l, records_treatmentsession s WHERE l.id = NEW.lot_id AND s.id = NEW.session_id"
    " AND (l.state <> 'in_stock' OR l.expires_on < s.\"on\"))"
    " AND NOT EXISTS (SELECT 1 FROM records_sessionstrike k JOIN records_substanceuse u ON u.session_id = k.session_id"
    " WHERE k.continued_as_id = NEW.session_id AND u.lot_id = NEW.lot_id)"
)
# What was used on a patient stays true when it was charted on another first, whatever became of the lot.
NOT_AS_STRUCK = (
    "NOT EXISTS (SELECT 1 FROM records_sessionstrike k JOIN records_treatmentsession s ON s.id = k.session_id"
    " WHERE k.continued_as_id = NEW.id AND s.numbing_lot_id = NEW.numbing_lot_id)"
)

# (table, event, condition on NEW/OLD under which the row is refused, what to say); the event may except one column
REFUSALS = [
    ("records_treatmentsession", SESSION_KEPT, "OLD.signed_at IS NOT NULL", "a signed session is locked"),
    ("records_treatmentsession", "UPDATE", "OLD.struck_at IS NOT NULL", "a struck session is locked"),
    (
        "records_treatmentsession",
        "DELETE",
        "OLD.signed_at IS NOT NULL OR OLD.struck_at IS NOT NULL",
        "a signed session is locked",
    ),
    (
        "records_cosignature",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM records_treatmentsession s, records_user u WHERE s.id = NEW.session_id"
        " AND s.signed_at IS NOT NULL AND s.signed_by_id <> NEW.by_id AND u.id = NEW.by_id AND u.role = 'physician')",
        "a physician co-signs what somebody else has signed",
    ),
    ("records_sessionaddendum", "INSERT", f"NOT {SIGNED.format(row='NEW')}", "only a signed chart gets an addendum"),
    (
        "records_sessionstrike",
        "INSERT",
        "NEW.continued_as_id IS NOT NULL AND EXISTS (SELECT 1 FROM records_treatmentsession a, records_treatmentsession"
        " b, records_course c, records_course d WHERE a.id = NEW.session_id AND b.id = NEW.continued_as_id AND"
        " c.id = a.course_id AND d.id = b.course_id AND c.patient_id = d.patient_id)",
        "a struck session goes on with another patient",
    ),
    ("records_sessionarea", "INSERT", SIGNED.format(row="NEW"), "a signed session is locked"),
    ("records_sessionarea", "UPDATE", SIGNED.format(row="OLD"), "a signed session is locked"),
    ("records_sessionarea", "DELETE", SIGNED.format(row="OLD"), "a signed session is locked"),
    *(
        (
            "records_treatmentsession",
            event,
            "NEW.exception_by_id IS NULL AND NOT EXISTS (SELECT 1 FROM records_screening x WHERE"
            ' x.id = NEW.screening_id AND x.course_id = NEW.course_id AND x."on" = NEW."on")',
            "a session needs a screening of its course and day",
        )
        for event in ("INSERT", "UPDATE")
    ),
    *(
        (
            "records_treatmentsession",
            event,
            "NEW.exception_by_id IS NULL AND NOT EXISTS (SELECT 1 FROM records_plan x JOIN records_planadoption a"
            " ON a.plan_id = x.id WHERE x.id = NEW.plan_id AND x.course_id = NEW.course_id)",
            "a session needs an adopted plan of its course",
        )
        for event in ("INSERT", "UPDATE")
    ),
    *(
        (
            "records_treatmentsession",
            event,
            "NEW.exception_by_id IS NULL AND (NOT EXISTS (SELECT 1 FROM records_consent x WHERE x.id = NEW.consent_id"
            ' AND x.course_id = NEW.course_id AND x.treatment AND x."on" <= NEW."on" AND NOT EXISTS (SELECT 1 FROM'
            " records_consent y WHERE y.course_id = x.course_id AND y.at > x.at AND y.at <= NEW.opened_at)) OR EXISTS"
            " (SELECT 1 FROM records_consentwithdrawal w WHERE w.consent_id = NEW.consent_id AND w.part = 'treatment'"
            " AND w.at <= NEW.opened_at))",
            "a session needs a consent to treatment that was not withdrawn",
        )
        for event in ("INSERT", "UPDATE")
    ),
    *(
        (
            "records_treatmentsession",
            event,
            " AND ".join((changed, "NEW.exception_by_id IS NOT NULL", NOT_A_PHYSICIAN)),
            "only a physician may allow a session without its pre-conditions",
        )
        for event, changed in (
            ("INSERT", "TRUE"),
            ("UPDATE", "COALESCE(OLD.exception_by_id, 0) <> COALESCE(NEW.exception_by_id, 0)"),
        )
    ),
    (
        "records_sessionchange",
        "INSERT",
        f"NOT NEW.amendment AND {SIGNED.format(row='NEW')}",
        "a signed session is locked",
    ),
    *(
        (
            "records_cartridge",
            event,
            " AND ".join((changed, "NEW.session_id IS NOT NULL", SIGNED.format(row="NEW"))),
            "a signed session is locked",
        )
        for event, changed in (
            ("INSERT", "TRUE"),
            ("UPDATE", "COALESCE(OLD.session_id, 0) <> COALESCE(NEW.session_id, 0)"),
        )
    ),
    ("records_cartridge", "DELETE", "OLD.session_id IS NOT NULL", "a used cartridge stays on record"),
    *(
        (
            "records_cartridge",
            event,
            "NEW.session_id IS NOT NULL AND EXISTS (SELECT 1 FROM records_lot l, records_treatmentsession s WHERE"
            " l.id = NEW.lot_id AND s.id = NEW.session_id AND (l.state <> 'in_stock' OR l.expires_on < s.\"on\"))",
            "an expired, quarantined or recalled lot cannot be used",
        )
        for event in ("INSERT", "UPDATE")
    ),
    (
        "records_cartridge",
        "UPDATE",
        "OLD.session_id IS NOT NULL AND (NEW.session_id IS NULL OR NEW.session_id <> OLD.session_id"
        " OR NEW.lot_id <> OLD.lot_id)",
        "a single-use cartridge stays with the session it was opened for",
    ),
    *(
        (
            "records_sessionarea",
            event,
            "NEW.cartridge_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM records_cartridge c WHERE"
            " c.id = NEW.cartridge_id AND (c.session_id = NEW.session_id OR EXISTS (SELECT 1 FROM records_sessionstrike"
            " k WHERE k.session_id = c.session_id AND k.continued_as_id = NEW.session_id)))",
            "a cartridge must be opened for this session first",
        )
        for event in ("INSERT", "UPDATE")
    ),
    *(
        (
            "records_treatmentsession",
            event,
            " AND ".join((changed, "NEW.numbing_lot_id IS NOT NULL", NUMBING_LOT_SPENT, NOT_AS_STRUCK)),
            "an expired, quarantined or recalled lot cannot be used",
        )
        # A lot that is recalled while the session runs must not lock the chart of what was done with it.
        for event, changed in (
            ("INSERT", "TRUE"),
            ("UPDATE", "COALESCE(OLD.numbing_lot_id, 0) <> COALESCE(NEW.numbing_lot_id, 0)"),
        )
    ),
]
REFUSALS += [
    *(
        (
            "records_sessionarea",
            event,
            " AND ".join((changed, "NEW.device_unit_id IS NOT NULL", DEVICE_NOT_READY)),
            "a device that is overdue for service or held back cannot be used",
        )
        for event, changed in (
            ("INSERT", "TRUE"),
            ("UPDATE", "COALESCE(OLD.device_unit_id, 0) <> COALESCE(NEW.device_unit_id, 0)"),
        )
    ),
    ("records_substanceuse", "INSERT", SIGNED.format(row="NEW"), "a signed session is locked"),
    ("records_substanceuse", "INSERT", SUBSTANCE_LOT_SPENT, "an expired, quarantined or recalled lot cannot be used"),
    ("records_substanceuse", "UPDATE", SIGNED.format(row="OLD"), "a signed session is locked"),
    (
        "records_substanceuse",
        "UPDATE",
        "NEW.lot_id <> OLD.lot_id OR NEW.session_id <> OLD.session_id OR NEW.amount <> OLD.amount"
        " OR OLD.struck_at IS NOT NULL",
        "what was used stays readable; a mistake is struck and entered anew",
    ),
    ("records_recall", "UPDATE", "OLD.closed_at IS NOT NULL", "a closed recall is locked"),
    ("records_recall", "DELETE", "TRUE", "a recall stays on record"),
    *(
        (table, "INSERT", RECALL_CLOSED.format(recall=recall), "a closed recall is locked")
        for table, recall in (
            ("records_recallmatch", "NEW.recall_id"),
            ("records_recallpatient", "NEW.recall_id"),
            ("records_recallcontact", "(SELECT p.recall_id FROM records_recallpatient p WHERE p.id = NEW.listed_id)"),
        )
    ),
    (
        "records_message",
        "UPDATE",
        "NEW.body <> OLD.body OR NEW.subject <> OLD.subject OR NEW.address <> OLD.address"
        " OR NEW.calendar <> OLD.calendar OR NEW.patient_id <> OLD.patient_id"
        " OR (OLD.state IN ('sent', 'withheld') AND NEW.state <> OLD.state)",
        "a message keeps its words, and what was sent or withheld stays so",
    ),
    ("records_message", "DELETE", "TRUE", "a message stays on record"),
    ("records_substanceuse", "DELETE", "TRUE", "what was used stays readable; a mistake is struck and entered anew"),
]
REFUSALS += [
    (
        table,
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM records_user u WHERE u.id = NEW.by_id AND u.role = 'physician')",
        text,
    )
    for table, text in (
        ("records_depthoverride", "only a physician may go beyond the depth a device was evaluated for"),
        ("records_protocoladoption", "only a physician may adopt a protocol"),
    )
]
REFUSALS += [
    (table, event, "TRUE", "this record is append-only") for table in APPEND_ONLY for event in ("UPDATE", "DELETE")
]


def named() -> list[tuple[str, str, str, str, str]]:
    """Give every guard: its name, table, event, condition and words."""
    return [
        (f"guard_{place}_{table.removeprefix('records_')}", table, event, condition, text)
        for place, (table, event, condition, text) in enumerate(REFUSALS)
    ]


def add(editor: Any) -> None:
    """Put in place every guard whose table is there yet, in the words of the database at hand."""
    with editor.connection.cursor() as cursor:
        there = set(editor.connection.introspection.table_names(cursor))
    for name, table, event, condition, text in named():
        if table not in there:
            continue
        if " BUT " in event:
            event = _all_but(event.partition(" BUT ")[2], table, editor)
        if editor.connection.vendor == "sqlite":
            editor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN"
                f" SELECT RAISE(ABORT, '{text}'); END"
            )
            continue
        row = "OLD" if event == "DELETE" else "NEW"
        editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN"
            f" RAISE EXCEPTION USING MESSAGE = '{text}', ERRCODE = 'integrity_constraint_violation';"
            f" END IF; RETURN {row}; END $$"
        )
        editor.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def _all_but(excepted: str, table: str, editor: Any) -> str:
    """Give the event of an update of any column the table has, except one."""
    with editor.connection.cursor() as cursor:
        columns = [column.name for column in editor.connection.introspection.get_table_description(cursor, table)]
    return "UPDATE OF " + ", ".join(editor.quote_name(name) for name in columns if name != excepted)


def remove(editor: Any) -> None:
    """Take away every guard that the database has, also one this version no longer knows."""
    for name, table in in_place(editor.connection):
        if editor.connection.vendor == "sqlite":
            editor.execute(f"DROP TRIGGER {name}")
            continue
        editor.execute(f"DROP TRIGGER {name} ON {table}")
        editor.execute(f"DROP FUNCTION {name}")


def in_place(connection: Any) -> list[tuple[str, str]]:
    """Give the name and the table of every guard that the database has."""
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%%' ESCAPE '\\'"
        if connection.vendor == "sqlite"
        else "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE t.tgname LIKE 'guard\\_%%' AND NOT t.tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [(name, table) for name, table in cursor.fetchall()]


def around(*operations: Any) -> list[Any]:
    """Give the operations of a migration with the guards taken away before and put back, as they are now, after.

    SQLite alters a table by building it anew, which loses its triggers and stumbles over those that name it.
    """
    return [migrations.RunPython(_take, _put), *operations, migrations.RunPython(_put, _take)]


def _take(apps: Any, editor: Any) -> None:
    remove(editor)


def _put(apps: Any, editor: Any) -> None:
    add(editor)
