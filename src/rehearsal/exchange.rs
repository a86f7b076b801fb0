//! Trusted publishing in the rehearsal registry: an identity token is exchanged for one of the
//! registry's tokens, for one package, if the package's trusted publisher matches the job
//! exactly. The token's signature is not checked.

use hyper::Response;
use serde_json::{Map, Value, json};

use super::answer::{Body, json_answer};
use super::state::{State, Token, TokenKind, TrustedPublisher};

/// The start of the exchange's path; the package's name follows.
pub(super) const PATH: &str = "-/npm/v1/oidc/token/exchange/package/";

/// Answers an exchange.
pub(super) fn exchange(
    state: &mut State,
    name: &str,
    authorization: Option<&str>,
) -> Response<Body> {
    let refuse = |status, why: &str| {
        let message = format!("OIDC token exchange error - {why}");
        json_answer(status, &json!({ "message": message }))
    };
    let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
        return refuse(401, "unauthorized");
    };
    let claims = crate::ci::all_claims_of(token);
    let package = state.packages.get(name);
    let given = package.and_then(|package| package.trusted_publisher.as_ref());
    let given = given.filter(|publisher| publisher.fits(&claims));
    let mut records = package.into_iter().flat_map(|package| &package.trust);
    let record = records.find(|record| record.fits(&claims));
    // A record that does not match gets the same answer as a missing one.
    let stage_only = match (given, record) {
        (Some(publisher), _) => publisher.stage_only,
        (None, Some(record)) => record.is_stage_only(),
        (None, None) => return refuse(404, "package not found"),
    };
    let user = package.and_then(|package| package.maintainers.first().cloned());
    let text = format!("oidc-{}", state.tokens.len());
    let minted = Token {
        user: user.unwrap_or_default(),
        kind: if stage_only {
            TokenKind::OidcStageOnly
        } else {
            TokenKind::Oidc
        },
        packages: vec![name.to_owned()],
        scopes: Vec::new(),
        bypass_two_factor: true,
        expires: None,
        revoked: false,
        address_refused: false,
    };
    state.tokens.insert(text.clone(), minted);
    json_answer(201, &json!({ "token_type": "oidc", "token": text }))
}

impl TrustedPublisher {
    /// Whether a job's claims match the record.
    fn fits(&self, claims: &Map<String, Value>) -> bool {
        let claim = |name: &str| claims.get(name).and_then(Value::as_str);
        let file = claim("workflow_ref")
            .and_then(|reference| reference.split_once('@'))
            .and_then(|(path, _)| path.rsplit('/').next());
        claim("repository") == Some(self.repository.as_str())
            && file == Some(self.workflow.as_str())
            && (self.environment.is_none() || claim("environment") == self.environment.as_deref())
            && claim("runner_environment") != Some("self-hosted")
    }
}
