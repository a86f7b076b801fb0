use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level, NpmCommand, Verb};
use crate::registry::kinds::{Publishable, traits};

check! {
    /// The registry serves packages but accepts none: a mirror, a CDN, a group or proxy
    /// repository, npm.jsr.io.
    ///
    /// Such a URL is often set in a user's .npmrc for installing, or Yarn exports it to the
    /// scripts that it runs. The finding names the setting that chose it. npm.jsr.io even
    /// reports success and publishes nothing. The check asks Artifactory and Nexus for the type
    /// of the repository; if only the name suggests it, it is a warning.
    ///
    /// npm says: `E404`, `E405`, `E403` or `E400`, depending on the registry; or nothing.
    id: "registry-read-only",
    level: Error,
    summary: "the registry accepts no packages",
    basis: Destination,
    silence: LeavesOpen,
    moots: ["auth-missing", "auth-elsewhere", "auth-npmrc-not-read", "auth-rejected"],
    rests_on: [Registry],
    remedy: {
        why "{registry} accepts no packages: it is a mirror, a group or a proxy of other registries";
        help "publish to npmjs, or to the repository that is meant for publishing" => NpmPublish "--registry https://registry.npmjs.org/";
        help FOR_EVERYBODY => PkgSet "publishConfig.registry=https://registry.npmjs.org/";
        asks "which setting chose this registry?" => "safe-publish config";
    },
    on Cnpm: {
        why "{registry} is a mirror for faster downloads (`registry=`); it does not accept \
            packages from you";
        help "log in to npmjs first: npm login --registry https://registry.npmjs.org/";
        help "then publish there" => NpmPublish "--registry https://registry.npmjs.org/";
        help FOR_EVERYBODY => PkgSet "publishConfig.registry=https://registry.npmjs.org/";
        asks "which setting chose this registry?" => "safe-publish config";
    },
    on Nexus: {
        why "the URL is probably that of a group or proxy repository of Nexus, which are only \
            for reading";
        help "publish to the hosted repository: https://HOST/repository/npm-hosted/ (the name after /repository/ decides)";
        asks "what type is the repository?" => "curl -s https://HOST/service/rest/v1/repositories";
    },
    on Artifactory: {
        why "the URL is probably that of a remote repository, or of a virtual one without a \
            default deployment repository";
        help "publish to the local repository: …/artifactory/api/npm/npm-local/";
        help "or let the administrator set the virtual repository's default deployment repository";
        asks "what class is the repository?" => "curl -s https://HOST/artifactory/api/repositories/NAME";
    },
    on GitLab: {
        why "GitLab accepts packages only at a project's endpoint, not at a group's or the \
            instance's";
        help "set the registry to the project's URL: https://HOST/api/v4/projects/ID/packages/npm/";
    },
}

const FOR_EVERYBODY: &str = "for everybody who publishes this package";

fn run(facts: &Facts) -> Verdict {
    let Ok(registry) = &facts.package.registry else {
        return Ok(Vec::new());
    };
    let api = facts.repository().ok();
    let publishable = match api {
        Some(answer) => answer.value.clone(),
        None => (traits(facts.kind).publishable)(registry.value.url()),
    };
    let (refusal, level) = match publishable {
        Publishable::Yes => return Ok(Vec::new()),
        Publishable::No(refusal) => (refusal, Level::Error),
        Publishable::Doubtful(refusal) => (refusal, Level::Warning),
    };
    if facts.package.dry_run {
        return Ok(Vec::new());
    }
    let (code, text) = refusal.npm_says;
    let finding = Finding::new(format!(
        "{} accepts no packages: {}",
        registry.value, refusal.reason
    ))
    .set_by(&registry.origin)
    .predicts(code, text)
    .help(format!("publish to {}", refusal.instead))
    .step(
        FOR_EVERYBODY,
        NpmCommand::new(Verb::PkgSet, "publishConfig.registry=…"),
    )
    .level(level);
    Ok(vec![match api {
        Some(answer) => finding.because(answer.evidence("the repository's own configuration")),
        None => finding,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet};
    use crate::registry::kind::RegistryKind;
    use crate::registry::kinds::Refusal;

    #[test]
    fn fires_where_the_url_decides() {
        let mirror = fake().registry("https://registry.npmmirror.com/", RegistryKind::Cnpm);
        let finding = only(run(&mirror));
        assert_eq!(finding.level, Some(Level::Error));
        assert_eq!(finding.helps()[0], "publish to https://registry.npmjs.org/");
        assert!(finding.place.is_some(), "it names the line that chose it");
    }

    #[test]
    fn warns_where_only_the_name_suggests_it() {
        let group = fake().registry(
            "https://n.example/repository/npm-group/",
            RegistryKind::Nexus,
        );
        assert_eq!(only(run(&group)).level, Some(Level::Warning));
    }

    #[test]
    fn the_repositorys_own_api_outranks_its_name() {
        let named = || {
            fake().registry(
                "https://a.example/artifactory/api/npm/npm-remote/",
                RegistryKind::Artifactory,
            )
        };
        let api = |publishable: Publishable| {
            run(&named().with(|facts| facts.answers.repository = known(publishable)))
        };
        assert_eq!(only(run(&named())).level, Some(Level::Warning));
        assert!(quiet(&api(Publishable::Yes)));
        let refusal = Refusal {
            reason: "it is a remote repository".to_owned(),
            instead: "https://a.example/artifactory/api/npm/npm-local/".to_owned(),
            npm_says: ("E405", "405 Method Not Allowed - PUT"),
        };
        let finding = only(api(Publishable::No(refusal)));
        assert_eq!(finding.level, Some(Level::Error));
        assert_eq!(finding.evidence.len(), 1);
    }

    #[test]
    fn stays_quiet_on_registries_that_take_packages() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(
            &fake().registry("http://localhost:4873/", RegistryKind::Verdaccio)
        )));
    }
}
