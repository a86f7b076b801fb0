//! A package's record of a trusted publisher.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A record of a trusted publisher.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustRecord {
    /// A UUID.
    #[serde(default)]
    pub id: String,
    /// `github`, `gitlab` or `circleci`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What a job's identity token must claim; a file is an object: `{"file": …}`.
    pub claims: BTreeMap<String, Value>,
    /// `createPackage`, `createStagedPackage`.
    pub permissions: Vec<String>,
}

impl TrustRecord {
    /// Whether it allows only staging.
    pub(super) fn is_stage_only(&self) -> bool {
        self.permissions.iter().all(|one| one != "createPackage")
    }

    /// Whether a job's claims match the record exactly.
    pub(super) fn fits(&self, claims: &Map<String, Value>) -> bool {
        let fits = |(name, wanted): (&String, &Value)| {
            let claim = claims.get(name).unwrap_or(&Value::Null);
            match (wanted, claim) {
                (Value::Null, _) => true,
                (Value::Object(file), claim) => {
                    claim.as_str().and_then(file_of) == file["file"].as_str()
                }
                // The contexts of CircleCI: the job must have each required one.
                (Value::Array(wanted), Value::Array(has)) => {
                    wanted.iter().all(|one| has.contains(one))
                }
                (wanted, claim) => wanted == claim,
            }
        };
        !self.claims.is_empty() && self.claims.iter().all(fits)
    }
}

/// The file in `owner/repository/.github/workflows/release.yml@refs/heads/main`, or in GitLab's
/// `gitlab.com/group/project//.gitlab-ci.yml@refs/heads/main`.
fn file_of(reference: &str) -> Option<&str> {
    let (path, _) = reference.split_once('@')?;
    match path.split_once("//") {
        Some((_, file)) => Some(file),
        None => path.rsplit('/').next(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(claims: &Value) -> TrustRecord {
        let whole =
            json!({ "type": "any", "claims": claims, "permissions": ["createStagedPackage"] });
        serde_json::from_value(whole).unwrap()
    }

    fn claims(pairs: &[(&str, &str)]) -> Map<String, Value> {
        let owned = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)));
        owned.collect()
    }

    #[test]
    fn a_record_fits_in_every_letter() {
        let github =
            record(&json!({ "repository": "acme/cat", "workflow_ref": { "file": "release.yml" } }));
        let job = |file: &str| {
            let reference = format!("acme/cat/.github/workflows/{file}@refs/heads/main");
            claims(&[("repository", "acme/cat"), ("workflow_ref", &reference)])
        };
        assert!(github.fits(&job("release.yml")));
        assert!(!github.fits(&job("Release.yml")));
        let gitlab = record(&json!({ "ci_config_ref_uri": { "file": ".gitlab-ci.yml" } }));
        let of_gitlab = "gitlab.com/acme/cat//.gitlab-ci.yml@refs/heads/main";
        assert!(gitlab.fits(&claims(&[("ci_config_ref_uri", of_gitlab)])));
        assert!(!record(&json!({})).fits(&job("release.yml")));
    }

    #[test]
    fn a_record_of_circleci_names_contexts_that_the_job_has() {
        let demanded = record(&json!({ "oidc.circleci.com/context-ids": ["b"] }));
        let job = |contexts: Value| {
            let claim = ("oidc.circleci.com/context-ids".to_owned(), contexts);
            Map::from_iter([claim])
        };
        assert!(demanded.fits(&job(json!(["a", "b"]))));
        assert!(!demanded.fits(&job(json!(["a"]))));
        assert!(!demanded.fits(&Map::new()));
    }
}
