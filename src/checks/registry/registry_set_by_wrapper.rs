use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand};
use crate::origin::Origin;
use crate::plan::Unused;
use crate::registry::url::NPMJS;

check! {
    /// The registry comes from a variable that another tool exported, and overrides the
    /// project's .npmrc.
    ///
    /// Yarn 1 exports `npm_config_registry=https://registry.yarnpkg.com` to every script that
    /// it runs, and an outer `npm run` exports its own registry. A variable overrides all
    /// files, so a release script publishes to another registry under `yarn release` than when
    /// it is started directly.
    ///
    /// npm says: `ENEEDAUTH` for an unexpected host, or nothing.
    id: "registry-set-by-wrapper",
    level: Warning,
    summary: "the registry comes from a variable that another tool exported",
    basis: Destination,
    silence: LeavesOpen,
    moots: ["auth-missing", "auth-elsewhere", "auth-npmrc-not-read", "registry-read-only"],
    remedy: {
        why "yarn passes its own registry on to every script that it runs, so npm publishes to {registry}, for which there is no credential";
        help "start the release with npm run, not with yarn";
        help "or set the registry in package.json, which overrides variables" => PkgSet "publishConfig.registry=https://registry.npmjs.org/";
        asks "which variable sets it?" => "env | grep -i npm_config_registry";
    },
}

/// The tool that exported the registry, and the variable.
pub(super) fn exporter(facts: &Facts) -> Option<(&'static str, &str)> {
    let registry = facts.package.registry.as_ref().ok()?;
    let Origin::Variable { name } = &registry.origin else {
        return None;
    };
    if registry.value.host() == "registry.yarnpkg.com" {
        return Some(("yarn", name));
    }
    facts
        .package
        .wrapped
        .then_some(("an outer `npm run`", name))
}

fn run(facts: &Facts) -> Verdict {
    let (Ok(registry), Some((who, name))) = (&facts.package.registry, exporter(facts)) else {
        return Ok(Vec::new());
    };
    let own = facts.package.credential.elsewhere.registries.iter();
    let own = own.filter(|other| other.why == Unused::BeatenByVariable);
    let own = own.map(|other| other.url.as_str()).next().unwrap_or(NPMJS);
    let finding = Finding::new(format!(
        "{who} exported {name}, so this publishes to {}",
        registry.value
    ))
    .set_by(&registry.origin)
    .run(NpmCommand::pkg_set("publishConfig.registry", own))
    .help("or start the release script with npm run");
    Ok(vec![finding])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};
    use crate::registry::kind::RegistryKind;

    fn by_variable(url: &str) -> Facts {
        fake().registry(url, RegistryKind::Other).with(|facts| {
            let origin = Origin::Variable {
                name: "npm_config_registry".to_owned(),
            };
            facts.package.registry.as_mut().unwrap().origin = origin;
        })
    }

    #[test]
    fn fires_on_yarns_registry_and_inside_a_script() {
        assert!(
            only(run(&by_variable("https://registry.yarnpkg.com/")))
                .message
                .starts_with("yarn exported")
        );
        let inside = by_variable("https://npm.example/").with(|facts| facts.package.wrapped = true);
        assert!(only(run(&inside)).message.contains("npm run"));
    }

    #[test]
    fn stays_quiet_on_a_variable_of_the_users_own() {
        assert!(quiet(&run(&by_variable("https://npm.example/"))));
    }

    #[test]
    fn stays_quiet_on_files() {
        assert!(quiet(&run(&fake().registry(
            "https://registry.yarnpkg.com/",
            RegistryKind::Other
        ))));
    }
}
