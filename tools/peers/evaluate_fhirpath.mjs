// Reads a list of { expression, resource } on standard input and prints, as JSON, what each FHIRPath gives.
import { readFileSync } from "node:fs";
import { evalFhirPath } from "@medplum/core";

const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map((one) => evalFhirPath(one.expression, one.resource))));
