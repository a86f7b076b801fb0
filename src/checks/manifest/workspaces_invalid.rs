use crate::checks::check::{Verdict, check};
use crate::checks::provisional::unless;
use crate::facts::ProjectFacts;
use crate::finding::{Finding, NpmCommand, Verb};
use crate::manifest::workspaces::WorkspaceError;
use crate::plan::WorkspaceFault;

check! {
    /// npm fails on `workspaces` that it cannot read.
    ///
    /// It reads those of the workspace that it publishes, those of a folder above the project,
    /// and those of each folder that it packs, even if they do not matter to the publish.
    /// `workspaces` is an array of patterns, or an object with such an array as `packages`; two
    /// members must not have the same name.
    ///
    /// npm says: `EWORKSPACESCONFIG workspaces config expects an Array`, `EDUPLICATEWORKSPACE
    /// must not have multiple workspaces with the same name`, or a crash.
    id: "workspaces-invalid",
    level: Error,
    summary: "npm cannot read workspaces",
    basis: Commit,
    silence: LeavesOpen,
    about: Project,
    remedy: {
        why "npm cannot read the field `workspaces`, or its members: {text}";
        help "correct the field in the root package.json, or remove it if it is not needed";
        help "give each member its own name";
        asks "what does the field contain?" => PkgGet "workspaces";
    },
}

fn run(facts: &ProjectFacts) -> Verdict {
    let judged = |fault: &WorkspaceFault| match &fault.rewrite {
        Some(rewrite) => unless(rewrite, finding(fault)),
        None => finding(fault),
    };
    Ok(facts.plan.workspace_faults.iter().map(judged).collect())
}

fn finding(fault: &WorkspaceFault) -> Finding {
    let finding = Finding::new(fault.error.to_string()).in_manifest(&fault.path, "/workspaces");
    let finding = match fault.error.npm_says() {
        Some(says) => {
            let first = says.text.lines().next().unwrap_or_default().to_owned();
            finding.predicts(says.code.as_deref().unwrap_or_default(), first)
        }
        None => finding,
    };
    match &fault.error {
        WorkspaceError::BadDeclaration { .. } | WorkspaceError::BadPattern { .. } => finding.step(
            "if there are no workspaces",
            NpmCommand::new(Verb::PkgDelete, "workspaces"),
        ),
        WorkspaceError::SameName { .. } => {
            finding.help("give each member its own name, or exclude one with \"!folder\"")
        }
        WorkspaceError::Member(_)
        | WorkspaceError::NotFound { .. }
        | WorkspaceError::TooLarge { .. }
        | WorkspaceError::BadFile { .. }
        | WorkspaceError::NoMatch { .. } => finding,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake_project, only, quiet};
    use crate::manifest::workspaces::Malformed;

    #[test]
    fn fires_on_what_npm_cannot_read() {
        let mut facts = fake_project();
        facts.plan.workspace_faults.push(WorkspaceFault::new(
            "package.json".into(),
            WorkspaceError::BadDeclaration {
                path: "package.json".into(),
                found: Malformed::NotAnArray,
            },
        ));
        let finding = only(run(&facts));
        assert_eq!(finding.predicts.unwrap().code.unwrap(), "EWORKSPACESCONFIG");
    }

    #[test]
    fn stays_quiet_without_a_fault() {
        assert!(quiet(&run(&fake_project())));
    }
}
