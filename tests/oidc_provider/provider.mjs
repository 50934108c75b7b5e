// A whole OpenID Provider (oidc-provider, which we did not write) on loopback, told by one JSON
// argument who its people and clients are. With `smart` it is an EHR's authorization server too:
// it publishes a smart-configuration, checks `aud`, and hands in what a launch had open.
// Everything that decides over codes, tokens, keys and sessions is the library's.
import { Provider, errors } from "oidc-provider";

const told = JSON.parse(process.argv[2]);
const origin = `http://127.0.0.1:${told.port}`;
const fhir = `${origin}/fhir`;

const provider = new Provider(origin, {
  clients: told.clients,
  findAccount: (_, id) =>
    told.people[id] && { accountId: id, claims: () => ({ sub: id, ...told.people[id] }) },
  scopes: ["openid", "profile", "fhirUser", "launch"],
  claims: { openid: ["sub"], profile: ["name", "groups", "employee"], fhirUser: ["fhirUser", "name", "groups"] },
  conformIdTokenClaims: !told.smart, // as the standard has it, claims are at userinfo alone
  pkce: { required: () => true, methods: ["S256"] },
  enabledJWA: { clientAuthSigningAlgValues: ["RS384", "ES384"] },
  cookies: { keys: ["of a test"] },
  extraParams: told.smart
    ? {
        launch: null,
        aud: (_, value) => {
          if (value !== fhir) throw new errors.InvalidRequest("aud must be this FHIR server");
        },
      }
    : [],
});

const contexts = new Map(); // code -> what its launch had open

provider.use(async (ctx, next) => {
  if (told.smart && ctx.path === "/fhir/.well-known/smart-configuration") {
    ctx.body = {
      issuer: origin,
      jwks_uri: `${origin}/jwks`,
      authorization_endpoint: `${origin}/auth`,
      token_endpoint: `${origin}/token`,
      userinfo_endpoint: `${origin}/me`,
      token_endpoint_auth_methods_supported: ["client_secret_basic", "private_key_jwt"],
      code_challenge_methods_supported: ["S256"],
      capabilities: ["launch-ehr", "launch-standalone", "client-confidential-asymmetric", "sso-openid-connect"],
    };
    return;
  }
  if (told.smart && ctx.path === "/ehr") {
    const links = Object.keys(told.launches ?? {}).map((launch) => {
      const query = new URLSearchParams({ iss: fhir, launch });
      return `<p><a id="${launch}" href="${told.app}/launch?${query}">Open Countersign for ${launch}</a></p>`;
    });
    ctx.type = "html";
    ctx.body = `<!doctype html><title>EHR</title><h1>EHR</h1>${links.join("")}`;
    return;
  }
  await next();
  keepContext(ctx);
  if (told.smart && ctx.oidc?.route === "token" && ctx.body?.access_token) {
    Object.assign(ctx.body, contexts.get(ctx.oidc.params.code) ?? {});
  }
});

function keepContext(ctx) {
  const launch = ctx.oidc?.params?.launch;
  const location = ctx.response.get("location");
  if (!launch || !location.includes("code=")) return;
  contexts.set(new URL(location).searchParams.get("code"), told.launches[launch]);
}

provider.listen(told.port, "127.0.0.1", () => console.log("listening"));
