use super::{
    level_of_a_dummy, login, needed_credential, registry, registry_is_in_doubt, unless_oidc,
};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Gap, Level};
use crate::registry::documents::Whoami;
use crate::registry::kinds::traits;

check! {
    /// The registry does not accept the credential: it has expired, was revoked, or is for
    /// another registry.
    ///
    /// The check asks `whoami` with the credential that the publish would send. npmjs answers a
    /// publish with an invalid token as if the package did not exist. Granular tokens expire after
    /// at most 90 days, and all classic ones were revoked in December 2025. An answer without a
    /// name means the same; from a registry on this machine or in its private network it is a
    /// warning, because test set-ups let everybody publish. Where trusted publishing is available,
    /// a refusal proves nothing. An unknown registry may refuse `whoami` to everybody: there it is
    /// a warning, unless the registry also refuses the packument to the credential.
    ///
    /// npm says: `E404 Not found` on the PUT for npmjs, `E401` elsewhere.
    id: "auth-rejected",
    level: Error,
    summary: "the registry does not accept the credential",
    basis: Account,
    silence: RulesOut,
    rests_on: [Credential],
    remedy: {
        why "{host} does not accept the token: it has expired, was revoked, or is for another \
            registry";
        help "in CI, prefer trusted publishing; elsewhere log in again" => Login "";
        asks "does the registry accept the token?" => Whoami "";
    },
    on Npmjs: {
        why "{host} does not accept the token: it has expired, was revoked, or is for another \
            registry; npmjs then answers a publish with 404, other requests with 401";
        help "create a new token (granular, read and write, at most 90 days; classic ones were revoked in December 2025), or use trusted publishing";
        help "or log in" => Login "";
        asks "does the registry accept the token?" => Whoami "";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(request) = needed_credential(facts) else {
        return Ok(Vec::new());
    };
    // auth-variable-unset and auth-placeholder are more precise.
    if !request.unset_variables.is_empty()
        || request.placeholder().is_some()
        || super::closed(facts).is_some()
    {
        return Ok(Vec::new());
    }
    let answer = facts.whoami()?;
    let said = match answer.value {
        Whoami::Account(_) => return Ok(Vec::new()),
        Whoami::Rejected => "the credential is refused",
        Whoami::Nobody => "no account is named: the registry does not recognise the credential",
    };
    unless_oidc(facts)?;
    let registry = registry(facts);
    let finding = Finding::new(format!("{registry} does not accept your credential: it has expired, was revoked, or is for another registry"))
        .set_by(&request.origin)
        .because(answer.evidence(said));
    let steps = if registry_is_in_doubt(facts) {
        Vec::new()
    } else {
        login(facts)
    };
    let finding = steps.into_iter().fold(finding, Finding::help);
    let traits = traits(facts.kind);
    let finding = if traits.whoami_is_conclusive || packument_is_refused(facts) {
        finding.level(level_of_a_dummy(facts))
    } else {
        finding.level(Level::Warning)
    };
    let (code, text) = traits.bad_credential;
    Ok(vec![finding.predicts(code, text)])
}

fn packument_is_refused(facts: &Facts) -> bool {
    matches!(facts.packument(), Err(Gap::NotAllowed { status: 401, .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, known, only, quiet, silence, undecided};
    use crate::registry::kind::RegistryKind;

    fn rejected() -> Facts {
        fake().with(|facts| facts.answers.whoami = known(Whoami::Rejected))
    }

    #[test]
    fn fires_on_a_refusal_and_on_nobody() {
        let refused = only(run(&rejected()));
        assert_eq!(refused.level, Some(Level::Error));
        assert_eq!(refused.predicts.unwrap().code.unwrap(), "E404");
        let nobody = only(run(&nobody_at(
            "https://npm.example/",
            RegistryKind::Verdaccio,
        )));
        assert_eq!(nobody.level, Some(Level::Error));
        assert_eq!(nobody.predicts.unwrap().code.unwrap(), "E401");
    }

    fn nobody_at(url: &str, kind: RegistryKind) -> Facts {
        fake()
            .registry(url, kind)
            .with(|facts| facts.answers.whoami = known(Whoami::Nobody))
    }

    #[test]
    fn warns_in_a_private_network_where_everybody_may_publish() {
        for url in [
            "http://verdaccio:4873/",
            "http://172.17.0.1:4873/",
            "http://localhost:4873/",
            "http://127.0.0.1:4873/",
            "http://[::1]:4873/",
        ] {
            let nobody = || nobody_at(url, RegistryKind::Verdaccio);
            assert_eq!(only(run(&nobody())).level, Some(Level::Warning), "{url}");
            let refused = nobody().with(|facts| facts.answers.whoami = known(Whoami::Rejected));
            assert_eq!(only(run(&refused)).level, Some(Level::Error), "{url}");
        }
        let nexus = nobody_at("http://localhost:8081/repository/npm/", RegistryKind::Nexus);
        assert_eq!(only(run(&nexus)).level, Some(Level::Warning));
    }

    #[test]
    fn warns_where_the_answer_is_ambiguous() {
        let unknown = || rejected().registry("http://npm.example/", RegistryKind::Other);
        assert_eq!(only(run(&unknown())).level, Some(Level::Warning));
        let refused = unknown().with(|facts| {
            facts.answers.packument = Err(Gap::NotAllowed {
                request: "GET http://npm.example/cat".to_owned(),
                status: 401,
                reason: crate::finding::Denial::Unexplained,
            });
        });
        assert_eq!(only(run(&refused)).level, Some(Level::Error));
    }

    #[test]
    fn stays_quiet_on_a_known_account_without_a_credential_and_in_a_dry_run() {
        assert!(quiet(&run(&fake())));
        assert!(quiet(&run(&fake().without_credential())));
        assert!(quiet(&run(
            &rejected().with(|facts| facts.package.dry_run = true)
        )));
    }

    #[test]
    fn undecided_in_silence_and_where_trusted_publishing_can_serve() {
        assert!(undecided(&run(
            &fake().with(|facts| facts.answers.whoami = Err(silence()))
        )));
        assert!(undecided(&run(&rejected().with_oidc())));
    }
}
