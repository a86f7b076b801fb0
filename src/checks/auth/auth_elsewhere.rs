//! See the check.

use super::{closed, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::plan::Unused;

check! {
    /// A credential is there, under another key than the one where npm looks.
    ///
    /// The key has to match the registry to the letter: host in lower case, port, the path up to its
    /// last slash, and that slash. `//host:_authToken` is not `//host/:_authToken`, and for
    /// `https://host/npm/` the key is `//host/npm/`, not `//host/`.
    ///
    /// npm says: `ENEEDAUTH This command requires you to be logged in to …`
    ///
    /// What to do: rename the key to the one that the finding shows.
    id: "auth-elsewhere",
    level: Error,
    summary: "the credential stands under another key than npm looks under",
    basis: Account,
    silence: RulesOut,
}

fn run(facts: &Facts) -> Verdict {
    let Some((key, _)) = closed(facts) else {
        return Ok(Vec::new());
    };
    let near = facts
        .package
        .credential
        .elsewhere
        .credentials
        .iter()
        .filter(|found| found.why == Unused::OtherKey && host(&found.key) == host(key));
    let mut findings = Vec::new();
    for found in near {
        unless_oidc(facts)?;
        let field = found.key.rsplit(':').next().unwrap_or_default();
        findings.push(
            Finding::new(format!(
                "`{}` is not `{key}:{field}`, where npm looks: {}",
                found.key,
                difference(&found.key, key)
            ))
            .set_by(&found.origin)
            .help(format!("rename it to {key}:{field}")),
        );
    }
    findings.truncate(1);
    Ok(findings)
}

/// The host of a nerf-darted key, in lower case and without the port that is
/// the scheme's own.
fn host(key: &str) -> String {
    let rest = key.trim_start_matches('/');
    let base = rest.split('/').next().unwrap_or_default();
    let base = base.split(":_").next().unwrap_or_default();
    let lower = base.to_lowercase();
    lower
        .trim_end_matches(":443")
        .trim_end_matches(":80")
        .to_owned()
}

fn difference(found: &str, wanted: &str) -> &'static str {
    let base = found.rsplit_once(':').map_or(found, |(base, _)| base);
    if format!("{base}/") == wanted {
        "the slash before the colon is missing"
    } else if base.to_lowercase() == wanted {
        "the host has to be in lower case"
    } else if base.contains(":443") || base.contains(":80/") {
        "the port is the scheme's own and has to go"
    } else {
        "the path differs"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet, undecided};
    use crate::plan::OtherCredential;

    fn elsewhere(key: &str) -> Facts {
        fake().without_credential().with(|facts| {
            facts.package.credential.elsewhere.credentials = vec![OtherCredential {
                key: key.to_owned(),
                origin: npmrc_line(2),
                why: Unused::OtherKey,
            }];
        })
    }

    #[test]
    fn fires_on_a_key_that_nearly_fits_and_says_what_differs() {
        let table = [
            ("//registry.npmjs.org:_authToken", "slash"),
            ("//Registry.npmjs.org/:_authToken", "lower case"),
            ("//registry.npmjs.org/npm/:_authToken", "path"),
            ("//registry.npmjs.org:443/:_authToken", "port"),
        ];
        for (key, difference) in table {
            assert!(
                only(run(&elsewhere(key))).message.contains(difference),
                "{key}"
            );
        }
    }

    #[test]
    fn stays_quiet_on_other_hosts_and_with_a_credential() {
        assert!(quiet(&run(&elsewhere("//npm.pkg.github.com/:_authToken"))));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        let facts = elsewhere("//registry.npmjs.org:_authToken").oidc_may_serve();
        assert!(undecided(&run(&facts)));
    }
}
