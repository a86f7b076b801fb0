use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, NpmCommand, Verb};
use crate::manifest::overrides::{OverrideFault, fault};
use crate::plan::Spec;

check! {
    /// npm does not pack a folder whose `overrides` change one of the package's own
    /// dependencies.
    ///
    /// npm reads `overrides` of the folder that it packs, although users of the package never
    /// see them. An override of a direct dependency must have the same text, or refer to it as
    /// `"$name"`; `*` and rules for the dependencies of dependencies are fine. npm 10 skips
    /// most rules with a range in their key. `--force` does not help. A tarball is not read.
    ///
    /// npm says: `EOVERRIDE Override for x@^1.0.0 conflicts with direct dependency`, or the
    /// rule that it cannot read.
    id: "overrides-conflict",
    level: Error,
    summary: "overrides conflict with a direct dependency",
    basis: Commit,
    silence: LeavesOpen,
    rests_on: [Tree],
    remedy: {
        why "package.json overrides a package that it also depends on, with another range";
        help "write the version that you want into the dependency itself";
        help "or write `\"$NAME\"` as the override, which means the dependency's own range";
        asks "what do the fields contain?" => PkgGet "overrides dependencies devDependencies";
    },
}

fn run(facts: &Facts) -> Verdict {
    let package = &facts.package;
    if package.spec != Spec::Folder || !package.manifest.object.contains_key("overrides") {
        return Ok(Vec::new());
    }
    let fault = fault(&package.manifest, facts.npm()?);
    let finding = fault.map(|fault| finding(&fault));
    Ok(finding.into_iter().collect())
}

fn finding(fault: &OverrideFault) -> Finding {
    let Some(conflict) = &fault.conflict else {
        return Finding::new(format!("npm cannot read overrides: {}", fault.text))
            .at(&fault.pointer)
            .predicts(fault.code, fault.text.clone())
            .help("correct or remove that rule; users of the package do not see overrides");
    };
    let name = &conflict.name;
    Finding::new(format!(
        "overrides make {} of {name}, but package.json itself asks for {}",
        conflict.overridden, conflict.asked
    ))
    .at(&fault.pointer)
    .predicts(fault.code, fault.text.clone())
    .step(
        "to override it only for the dependencies, refer to your own",
        NpmCommand::with_args(Verb::PkgSet, &[&format!("overrides.{name}=${name}")]),
    )
    .help(format!(
        "or ask for {} in the dependency itself",
        conflict.overridden
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::fake::{fake, fake_of, only, quiet};

    fn overriding(spec: &str) -> Facts {
        fake_of(json!({
            "name": "cat",
            "version": "1.0.0",
            "dependencies": { "x": "^1.0.0" },
            "overrides": { "x": spec },
        }))
    }

    #[test]
    fn fires_on_a_direct_dependency() {
        let finding = only(run(&overriding("2.0.0")));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EOVERRIDE");
        let finding = only(run(&overriding("$y")));
        assert_eq!(finding.predicts.unwrap().code, None);
    }

    #[test]
    fn stays_quiet_where_npm_packs() {
        assert!(quiet(&run(&overriding("$x"))));
        assert!(quiet(&run(&overriding("^1.0.0"))));
        assert!(quiet(&run(&fake())));
        let tarball = overriding("2.0.0").with(|facts| facts.package.spec = Spec::Tarball);
        assert!(quiet(&run(&tarball)));
    }
}
