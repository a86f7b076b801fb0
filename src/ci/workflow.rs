//! The permissions on packages that a GitHub workflow file grants to a job's token. The file is
//! the one that started the run; `GITHUB_JOB` names the job. Source: GitHub's "Workflow
//! syntax", `permissions`.

use saphyr::Yaml;

use super::workspace;
use crate::environment::Environment;
use crate::file;
use crate::yaml;

/// The effect of `permissions` on packages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackagesPermission {
    /// The workflow's path in the repository.
    pub file: String,
    /// The job.
    pub job: String,
    /// Whether its token may write.
    pub write: bool,
}

/// Reads it; `None` if the file does not decide, as with the repository's default or a reusable
/// workflow's job.
pub fn packages(environment: &Environment) -> Option<PackagesPermission> {
    let file = super::workflow_path(environment)?;
    let job = environment.filled("GITHUB_JOB")?.to_owned();
    let path = workspace(environment).join(&file);
    let text = file::read_text(&path, yaml::MAX_BYTES as u64).ok()?;
    let write = grants(&text, &job)?;
    Some(PackagesPermission { file, job, write })
}

/// Whether a job's token may write packages, if the file decides.
fn grants(text: &str, job: &str) -> Option<bool> {
    let document = yaml::load(text)?;
    let own = document.as_mapping_get("jobs")?.as_mapping_get(job)?;
    let permissions = own
        .as_mapping_get("permissions")
        .or_else(|| document.as_mapping_get("permissions"))?;
    if let Some(word) = permissions.as_str() {
        return match word {
            "write-all" => Some(true),
            "read-all" => Some(false),
            _ => None,
        };
    }
    // Permissions that a map does not name are not granted.
    permissions.as_mapping()?;
    let packages = permissions.as_mapping_get("packages");
    Some(packages.and_then(Yaml::as_str) == Some("write"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const WORKFLOW: &str = "
on: push
permissions: read-all
jobs:
  build:
    runs-on: ubuntu-latest
  publish:
    permissions:
      contents: read
      packages: write
  stage:
    permissions: {}
  expression:
    permissions: ${{ inputs.permissions }}
";

    #[test]
    fn the_jobs_own_permissions_override_the_workflows() {
        assert_eq!(grants(WORKFLOW, "build"), Some(false));
        assert_eq!(grants(WORKFLOW, "publish"), Some(true));
        assert_eq!(grants(WORKFLOW, "stage"), Some(false));
    }

    #[test]
    fn what_the_file_does_not_say_is_not_known() {
        assert_eq!(grants(WORKFLOW, "expression"), None);
        assert_eq!(grants(WORKFLOW, "elsewhere"), None);
        assert_eq!(grants("jobs: { a: {} }", "a"), None);
        assert_eq!(grants("jobs: [", "a"), None);
        assert_eq!(grants("", "a"), None);
    }

    #[test]
    fn the_file_is_found_in_the_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let workflows = folder.path().join(".github/workflows");
        fs::create_dir_all(&workflows).unwrap();
        fs::write(workflows.join("release.yml"), WORKFLOW).unwrap();
        let environment = Environment::bare("/")
            .with("GITHUB_WORKSPACE", folder.path().to_str().unwrap())
            .with("GITHUB_REPOSITORY", "acme/cat")
            .with(
                "GITHUB_WORKFLOW_REF",
                "acme/cat/.github/workflows/release.yml@refs/heads/main",
            )
            .with("GITHUB_JOB", "build");
        let found = packages(&environment).unwrap();
        assert_eq!(
            (found.file.as_str(), found.job.as_str(), found.write),
            (".github/workflows/release.yml", "build", false)
        );
    }
}
