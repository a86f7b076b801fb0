use crate::checks::check::{Verdict, check};
use crate::facts::{Facts, InstalledLicense};
use crate::finding::{Finding, Gap};
use crate::settings::LicensePolicy;

check! {
    /// Your policy does not allow a licence.
    ///
    /// `licenses.allow` and `licenses.deny` in the settings list SPDX identifiers. The check reads
    /// the package's own licence and those of its direct dependencies in node_modules. `A OR B`
    /// passes if one of the two is allowed, `A AND B` if both are.
    ///
    /// npm says: nothing; Artifactory, Nexus and curating firewalls refuse with `E403`.
    id: "license-denied",
    level: Error,
    summary: "your policy does not allow a licence",
    basis: Commit,
    silence: LeavesOpen,
    remedy: {
        why "{host} refuses the licence of the package or of a dependency: a rule of your company, not of npm";
        help "replace the dependency, or allow the licence in the settings";
        help "if {host} refuses it, ask its administrators for an exception for {spec}";
    },
}

fn run(facts: &Facts) -> Verdict {
    let policy = &facts.settings.licenses;
    if (policy.allow.is_empty() && policy.deny.is_empty()) || super::is_remote(facts) {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    if let Some(own) = facts.package.manifest.license()
        && let Some(why) = refused(policy, &own.text)
    {
        findings.push(Finding::new(format!("the package's licence {why}")).at(&own.pointer));
    }
    let mut absent = Vec::new();
    for dependency in &facts.installed {
        let why = match &dependency.license {
            InstalledLicense::NotInstalled => {
                absent.push(dependency.name.as_str());
                continue;
            }
            InstalledLicense::Declared(text) => refused(policy, text),
            InstalledLicense::Missing => {
                (!policy.allow.is_empty()).then(|| "is unknown".to_owned())
            }
        };
        findings.extend(why.map(|why| {
            Finding::new(format!("the licence of `{}` {why}", dependency.name))
                .at(&dependency.pointer)
                .help("replace it, or add the licence to licenses.allow")
        }));
    }
    if findings.is_empty() && !absent.is_empty() {
        return Err(Gap::Unknown(format!(
            "not installed here, so their licences are unknown: {}",
            absent.join(", ")
        )));
    }
    Ok(findings)
}

/// Why a policy does not allow a licence.
fn refused(policy: &LicensePolicy, text: &str) -> Option<String> {
    let shown = crate::secret::excerpt(text, 60);
    let names = |list: &[String], id: &str| list.iter().any(|one| one.eq_ignore_ascii_case(id));
    let passes = |id: &str| {
        !names(&policy.deny, id) && (policy.allow.is_empty() || names(&policy.allow, id))
    };
    let fine = match super::expression(text.trim()) {
        Some(expression) => expression.evaluate(|requirement| {
            let id = requirement.license.to_string();
            passes(&id) || passes(&requirement.to_string())
        }),
        None => passes(text.trim()),
    };
    (!fine).then(|| format!("`{shown}` is not allowed by your policy"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::facts::Installed;
    use crate::facts::fake::{fake_of, only, quiet, undecided};
    use crate::settings::Settings;

    fn licensed(
        own: &str,
        policy: (&[&str], &[&str]),
        installed: &[(&str, Option<&str>)],
    ) -> Facts {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        fake_of(json!({ "name": "cat", "version": "1.0.0", "license": own })).with(|facts| {
            facts.settings = Arc::new(Settings {
                licenses: LicensePolicy {
                    allow: texts(policy.0),
                    deny: texts(policy.1),
                },
                ..Settings::default()
            });
            facts.installed = installed
                .iter()
                .map(|(name, license)| Installed {
                    name: (*name).to_owned(),
                    pointer: format!("/dependencies/{name}"),
                    license: license.map_or(InstalledLicense::NotInstalled, |license| {
                        InstalledLicense::Declared(license.to_owned())
                    }),
                })
                .collect();
        })
    }

    #[test]
    fn fires_on_the_package_and_on_its_dependencies() {
        let own = licensed("GPL-3.0-only", (&["MIT"], &[]), &[]);
        assert!(
            only(run(&own))
                .message
                .contains("`GPL-3.0-only` is not allowed")
        );
        let dependency = licensed(
            "MIT",
            (&[], &["AGPL-3.0-only"]),
            &[("dog", Some("AGPL-3.0-only"))],
        );
        assert!(
            only(run(&dependency))
                .message
                .contains("the licence of `dog`")
        );
        let both = licensed("MIT AND GPL-3.0-only", (&["MIT"], &[]), &[]);
        assert_eq!(run(&both).unwrap().len(), 1);
    }

    #[test]
    fn stays_quiet_without_a_policy_and_where_it_passes() {
        assert!(quiet(&run(&licensed(
            "GPL-3.0-only",
            (&[], &[]),
            &[("dog", None)]
        ))));
        assert!(quiet(&run(&licensed(
            "MIT OR GPL-3.0-only",
            (&["mit"], &[]),
            &[("dog", Some("MIT"))]
        ))));
    }

    #[test]
    fn undecided_where_a_dependency_is_not_installed() {
        assert!(undecided(&run(&licensed(
            "MIT",
            (&["MIT"], &[]),
            &[("dog", None)]
        ))));
    }
}
