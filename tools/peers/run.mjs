// Runs json-rules-engine and cql-execution over the patients of a room (given.json, rules.cql) and writes down decisions
// and seconds (found.json). The bench and the tests of the CQL export start it.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const room = process.argv[2];
const peers = createRequire(import.meta.url);
const given = JSON.parse(fs.readFileSync(path.join(room, "given.json"), "utf8"));
const seconds = (start) => Number(process.hrtime.bigint() - start) / 1e9;

async function byRules() {
  const { Engine } = peers("json-rules-engine");
  const engine = new Engine([], { allowUndefinedFacts: true });
  engine.addOperator("overlaps", (told, wanted) => Array.isArray(told) && told.some((id) => wanted.includes(id)));
  engine.addOperator("misses", (told, wanted) => Array.isArray(told) && wanted.some((id) => !told.includes(id)));
  for (const { card, conditions } of given.rules) engine.addRule({ conditions, event: { type: card } });
  const decisions = [];
  const start = process.hrtime.bigint();
  for (const facts of given.facts) decisions.push((await engine.run(facts)).events.map((event) => event.type));
  return { decisions, seconds: seconds(start) };
}

async function translated() {
  const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");
  const { CqlTranslator, LibraryManager, ModelManager } = await import("@cqframework/cql/cql-to-elm");
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  const text = fs.readFileSync(path.join(room, "rules.cql"), "utf8");
  const elm = JSON.parse(CqlTranslator.fromText(text, new LibraryManager(models)).toJson());
  const faults = (elm.library.annotation ?? []).filter((note) => note.errorSeverity);
  if (faults.length) throw new Error(`the translator refuses: ${faults[0].startLine}: ${faults[0].message}`);
  return elm;
}

async function byCql() {
  const cql = peers("cql-execution");
  const start = process.hrtime.bigint();
  const library = new cql.Library(await translated());
  const translation = seconds(start);
  const silence = Object.fromEntries(Object.keys(library.parameters).map((name) => [name, null]));
  const typed = (value) => (/^\d{4}-\d\d-\d\d$/.test(value) ? cql.Date.parse(value) : value);
  const cases = given.parameters.map((told) => ({
    ...silence,
    ...Object.fromEntries(Object.entries(told).map(([name, value]) => [name, typed(value)])),
  }));
  const decisions = [];
  const begun = process.hrtime.bigint();
  for (const parameters of cases) {
    const results = await new cql.Executor(library, null, parameters).exec_expression("Findings", new cql.PatientSource([{ id: "1" }]));
    decisions.push(results.patientResults["1"].Findings.map((finding) => [finding.card, finding.rank]));
  }
  return { decisions, seconds: seconds(begun), translation };
}

const found = { cql: await byCql() };
if (given.rules) found.rules = await byRules();
fs.writeFileSync(path.join(room, "found.json"), JSON.stringify(found));
