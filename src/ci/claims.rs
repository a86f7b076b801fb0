//! The claims of an identity token about its job: the middle part of the JSON Web Token, read
//! without verifying its signature, as npm does.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The claims that are compared with a trusted publisher, or that identify the job.
const COMPARED_CLAIMS: [&str; 9] = [
    "repository",
    "workflow_ref",
    "job_workflow_ref",
    "environment",
    "repository_visibility",
    "runner_environment",
    "project_path",
    "ci_config_ref_uri",
    "project_visibility",
];

/// The claims of a token that checks need; empty if it is not a token.
pub(super) fn of_token(token: &str) -> BTreeMap<String, String> {
    let all = all_of_token(token);
    let text = |name: &str| all.get(name)?.as_str().map(str::to_owned);
    COMPARED_CLAIMS
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), text(name)?)))
        .collect()
}

/// All claims of a token; empty if it is not a token.
pub(crate) fn all_of_token(token: &str) -> serde_json::Map<String, serde_json::Value> {
    let payload = token.split('.').nth(1).unwrap_or_default();
    let payload = payload.trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD
        .decode(payload)
        .or_else(|_| STANDARD_NO_PAD.decode(payload))
        .unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_read_from_the_middle_and_nothing_else_is_kept() {
        let payload = r#"{"repository":"acme/cat","environment":"npm","sub":"x","exp":1}"#;
        let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        let claims = of_token(&token);
        assert_eq!(claims["repository"], "acme/cat");
        assert_eq!(claims.len(), 2, "{claims:?}");
    }

    #[test]
    fn an_invalid_token_has_no_claims() {
        for text in ["", "x", "a.b.c", "a.e30.c", "a.W10.c", "..", "a.\u{e9}.c"] {
            assert!(of_token(text).is_empty(), "{text}");
        }
    }
}
