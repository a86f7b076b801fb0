use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;

check! {
    /// Your policy does not allow the registry that the package would go to.
    ///
    /// `registries.allow` in the settings lists URL prefixes. The usual accident is a private
    /// package that goes to the public registry because npm did not read a line in an .npmrc.
    ///
    /// npm says: nothing; the publish would succeed.
    id: "registry-not-allowed",
    level: Error,
    summary: "your policy does not allow this registry",
    basis: Destination,
    silence: LeavesOpen,
    moots: ["auth-missing", "auth-elsewhere", "auth-npmrc-not-read", "auth-rejected", "registry-read-only"],
    remedy: {
        help "set `publishConfig.registry`, or `@scope:registry` in the project's .npmrc";
        help "or add the registry to `registries.allow`";
    },
}

fn run(facts: &Facts) -> Verdict {
    let allowed = &facts.settings.allowed_registries;
    let Ok(registry) = &facts.package.registry else {
        return Ok(Vec::new());
    };
    let url = registry.value.to_string();
    let fits = |prefix: &String| crate::registry::kinds::lies_below(&url, prefix);
    if allowed.is_empty() || allowed.iter().any(fits) || facts.package.dry_run {
        return Ok(Vec::new());
    }
    let finding = Finding::new(format!(
        "the package would go to {url}, which registries.allow does not list"
    ))
    .set_by(&registry.origin)
    .help(format!(
        "publish to a registry that it lists: --registry {}",
        allowed[0]
    ))
    .help("or add this one to registries.allow in the settings");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::fake::{fake, only, quiet};
    use crate::settings::Settings;

    fn allowing(prefixes: &[&str]) -> Facts {
        fake().with(|facts| {
            facts.settings = Arc::new(Settings {
                allowed_registries: prefixes.iter().map(|prefix| (*prefix).to_owned()).collect(),
                ..Settings::default()
            });
        })
    }

    #[test]
    fn fires_where_the_registry_is_not_listed() {
        let finding = only(run(&allowing(&["https://npm.acme.example/"])));
        assert!(finding.message.contains("https://registry.npmjs.org/"));
        assert!(finding.helps()[0].contains("--registry https://npm.acme.example/"));
        assert_eq!(
            run(&allowing(&["https://registry.npmjs.org.evil"]))
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn stays_quiet_without_a_policy_and_where_it_is_listed() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&allowing(&[
            "https://npm.acme.example/",
            "https://registry.npmjs.org"
        ]))));
    }
}
