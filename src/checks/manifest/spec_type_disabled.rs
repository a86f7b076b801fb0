use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::plan::Spec;

check! {
    /// npm's settings forbid the type of package that the argument names.
    ///
    /// `allow-file`, `allow-git` and `allow-remote` say whether npm may fetch a tarball, a git
    /// repository or a URL; every value except `all` forbids it here. npm 12 forbids git and
    /// URLs by default. A folder is always allowed.
    ///
    /// npm says: `EALLOWGIT Fetching packages of type "git" have been disabled`, `EALLOWFILE`,
    /// `EALLOWREMOTE`.
    id: "spec-type-disabled",
    level: Error,
    summary: "npm's settings forbid the type of the argument",
    basis: CommandLine,
    silence: RulesOut,
    remedy: {
        why "npm's settings forbid this type of package (npm 12 forbids git by default, and reads `dist/app` as a repository on GitHub)";
        help "name a folder with ./ before it" => Publish "./dist/app";
        help "or allow the type for this run" => NpmPublish "--allow-git=all";
    },
}

fn run(facts: &Facts) -> Verdict {
    let package = &facts.package;
    let Some(disabled) = &package.spec_type_disabled else {
        return Ok(Vec::new());
    };
    let kind = disabled.option.trim_start_matches("allow-");
    let what = match &package.spec {
        Spec::Remote { word, .. } => crate::secret::mask_known_shapes(word),
        Spec::Folder | Spec::Tarball => package.directory.clone(),
    };
    let message = match &disabled.value {
        Some(value) => format!(
            "npm accepts no {kind} package ({what}), because {} is {value}",
            disabled.option
        ),
        None => format!(
            "this npm accepts no {kind} package ({what}) unless {} allows it",
            disabled.option
        ),
    };
    let root = disabled.value.as_deref() == Some("root");
    let words = if root { " non-root" } else { "" };
    let finding = Finding::new(message).set_by(&disabled.origin).predicts(
        &format!("EALLOW{}", kind.to_uppercase()),
        format!("Fetching{words} packages of type \"{kind}\" have been disabled"),
    );
    let finding = match &package.spec {
        Spec::Remote {
            word,
            folder_exists: true,
            ..
        } => finding.help(super::write_folder(word)),
        _ => finding,
    };
    Ok(vec![finding.help(format!(
        "to allow it for this run: --{}=all",
        disabled.option
    ))])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};
    use crate::origin::Origin;
    use crate::plan::SpecTypeDisabled;

    #[test]
    fn fires_where_the_plan_says_so() {
        let facts = fake().with(|facts| {
            facts.package.spec = Spec::Tarball;
            facts.package.spec_type_disabled = Some(SpecTypeDisabled {
                option: "allow-file",
                value: Some("root".to_owned()),
                origin: Origin::Default,
            });
        });
        let says = only(run(&facts)).predicts.unwrap();
        assert_eq!(says.code.unwrap(), "EALLOWFILE");
        assert_eq!(
            says.text,
            "Fetching non-root packages of type \"file\" have been disabled"
        );
    }

    #[test]
    fn stays_quiet_where_npm_takes_it() {
        assert!(quiet(&run(&fake())));
    }
}
