//! The credential or the registry is in an .npmrc that npm does not read.

use super::{missing_credential, registry, unless_oidc};
use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::npmrc::Unread;
use crate::plan::Unused;

check! {
    /// The credential or the registry is in an .npmrc that npm does not read.
    ///
    /// npm reads the .npmrc next to the package.json of the working folder's project, the
    /// user's and the global one. It does not read those in parent folders, in the folder that
    /// is published or next to the tarball; in a workspace it reads the root's, not the
    /// member's. With `--workspaces=false` in a member's folder, the member is the project, and
    /// the root's file is not read.
    ///
    /// npm says: `ENEEDAUTH This command requires you to be logged in to …`
    id: "auth-npmrc-not-read",
    level: Error,
    summary: "the credential is in an .npmrc that npm does not read",
    basis: Account,
    silence: RulesOut,
    moots: ["auth-missing", "auth-variable-unset", "auth-placeholder", "auth-elsewhere", "oidc-permission-missing"],
    rests_on: [Credential],
    remedy: {
        why "the credential may be in an .npmrc that npm does not read: it reads the one next to \
            package.json and ~/.npmrc, not those of parent folders or workspace members";
        help "move the lines to ~/.npmrc, or name the file: NPM_CONFIG_USERCONFIG=path";
        asks "which files does npm read?" => "npm config ls -l | grep npmrc", "safe-publish config";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some((finding, _)) = find(facts) else {
        return Ok(Vec::new());
    };
    unless_oidc(facts)?;
    Ok(vec![finding])
}

/// Whether a file that npm does not read names another registry.
pub(super) fn registry_is_in_doubt(facts: &Facts) -> bool {
    find(facts).is_some_and(|(_, is_registry)| is_registry)
}

/// The finding, and whether it is about the registry.
fn find(facts: &Facts) -> Option<(Finding, bool)> {
    let key = missing_credential(facts)?;
    let elsewhere = &facts.package.credential.elsewhere;
    let goes_to = registry(facts);
    let by_place = |why: &Unused| match why {
        Unused::Unread(why) if !why.is_by_setting() => Some(why.clone()),
        _ => None,
    };
    let other_registry = elsewhere.registries.iter().find_map(|other| {
        let why = by_place(&other.why)?;
        let is_other = other.url.trim_end_matches('/') != goes_to.trim_end_matches('/');
        is_other.then_some((other, why))
    });
    if let Some((other, why)) = other_registry {
        let message = format!(
            "`{}={}` is in a file that npm does not read, so this goes to {goes_to}: {why}",
            other.key, other.url
        );
        let finding = Finding::new(message).set_by(&other.origin);
        return Some((remedied(finding, &why), true));
    }
    let (other, why) = elsewhere.credentials.iter().find_map(|other| {
        let why = by_place(&other.why)?;
        other.key.starts_with(key).then_some((other, why))
    })?;
    let message = format!("`{}` is in a file that npm does not read: {why}", other.key);
    let finding = Finding::new(message).set_by(&other.origin);
    Some((remedied(finding, &why), false))
}

fn remedied(finding: Finding, why: &Unread) -> Finding {
    match why {
        Unread::WorkspacesOff => finding.help("omit --workspaces=false"),
        Unread::OfMember => finding
            .help("move the lines into the .npmrc of the workspace's root")
            .help("or into your own .npmrc (npm config get userconfig)"),
        _ => finding
            .help("move the lines into your own .npmrc (npm config get userconfig)")
            .help("or publish from the folder that contains that file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, npmrc_line, only, quiet, undecided};
    use crate::plan::{OtherCredential, OtherRegistry};

    fn unread(key: &str, why: Unread) -> Facts {
        fake().without_credential().with(|facts| {
            facts.package.credential.elsewhere.credentials = vec![OtherCredential {
                key: key.to_owned(),
                origin: npmrc_line(2),
                why: Unused::Unread(why),
                value: crate::secret::Secret::new("s"),
            }];
        })
    }

    fn unread_registry(url: &str, why: Unread) -> Facts {
        fake().without_credential().with(|facts| {
            facts.package.credential.elsewhere.registries = vec![OtherRegistry {
                key: "registry".to_owned(),
                url: url.to_owned(),
                origin: npmrc_line(1),
                why: Unused::Unread(why),
            }];
        })
    }

    #[test]
    fn fires_on_the_very_key() {
        let facts = unread("//registry.npmjs.org/:_authToken", Unread::OfMember);
        assert!(
            only(run(&facts))
                .message
                .contains("the workspace root's file")
        );
        assert!(!registry_is_in_doubt(&facts));
    }

    #[test]
    fn fires_on_another_registry_and_says_where_this_goes() {
        let facts = unread_registry("https://npm.acme.example/", Unread::WorkspacesOff);
        let finding = only(run(&facts));
        assert!(
            finding
                .message
                .contains("so this goes to https://registry.npmjs.org/")
        );
        assert_eq!(finding.help[0].to_string(), "omit --workspaces=false");
        assert!(registry_is_in_doubt(&facts));
    }

    #[test]
    fn stays_quiet_on_other_keys_the_same_registry_and_with_a_credential() {
        assert!(quiet(&run(&unread(
            "//other.example/:_authToken",
            Unread::OfMember
        ))));
        let same = unread_registry("https://registry.npmjs.org", Unread::AboveProject);
        assert!(quiet(&run(&same)));
        assert!(quiet(&run(&fake())));
    }

    #[test]
    fn undecided_where_trusted_publishing_can_serve() {
        let facts = unread("//registry.npmjs.org/:_authToken", Unread::OfMember).with_oidc();
        assert!(undecided(&run(&facts)));
    }
}
