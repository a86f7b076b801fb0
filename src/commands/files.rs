//! `files`: what npm would pack. Starts no process and sends no request.

use crate::cli::{Format, Invocation};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::contents::other_npm;
use crate::output::Output;
use crate::pack::why;
use crate::plan::{Launch, PackagePlan, Packing, Skipped};
use crate::preflight;
use crate::report::files::{self, FilesReport, PackageFiles};

/// Shows the list, or why one path is in it or not.
pub(super) fn files(
    asked: Option<&str>,
    invocation: &Invocation,
    environment: &Environment,
    output: &mut Output,
) -> Result<i32, Error> {
    let prepared = preflight::prepare(&invocation.npm, environment, Launch::Here)?;
    output.add_secrets(&prepared.scrubber);
    let plan = &prepared.plan;
    let public = plan
        .packages
        .iter()
        .map(|package| of_public(package, asked));
    let private = plan
        .skipped
        .iter()
        .map(|package| of_private(package, asked));
    let report = FilesReport {
        packages: public.chain(private).collect::<Result<_, _>>()?,
        cwd: environment.cwd.clone(),
    };
    let is_json = invocation.options.format == Some(Format::Json);
    if is_json {
        output.json(&files::json(&report));
    } else {
        output.say(&files::human(&report, output.stdout));
    }
    let failed = report
        .packages
        .iter()
        .any(|package| package.packed.is_err());
    Ok(i32::from(if failed {
        exit_code::BLOCKED
    } else {
        exit_code::READY
    }))
}

fn of_public(package: &PackagePlan, asked: Option<&str>) -> Result<PackageFiles, Error> {
    let found = PackageFiles {
        name: package.name.as_str().map(str::to_owned),
        version: package.version.as_ref().ok().map(ToString::to_string),
        directory: package.directory.clone(),
        scripts: package.scripts_before_packing(),
        ..look(&package.packing, asked)?
    };
    Ok(found)
}

fn of_private(skipped: &Skipped, asked: Option<&str>) -> Result<PackageFiles, Error> {
    let version = skipped.package.manifest.version();
    let found = PackageFiles {
        name: Some(skipped.name.clone()),
        version: version.as_ref().ok().map(ToString::to_string),
        directory: skipped.package.directory.clone(),
        ..look(&skipped.package.packing, asked)?
    };
    Ok(found)
}

fn look(packing: &Packing, asked: Option<&str>) -> Result<PackageFiles, Error> {
    let Some(packed) = packing.list() else {
        return Err(Error::new(
            "listing the files",
            "npm would fetch this package from somewhere else, and pack nothing here",
        )
        .next("name a folder (./dist) or a tarball")
        .wrong_usage());
    };
    let reason = match (packing, asked) {
        (Packing::Folder(request), Some(path)) => why(request, path).ok(),
        _ => None,
    };
    let other = match (packing, &packed) {
        (Packing::Folder(request), Ok(packed)) => other_npm(request, packed),
        _ => None,
    };
    Ok(PackageFiles {
        name: None,
        version: None,
        directory: String::new(),
        scripts: Vec::new(),
        packed,
        why: reason,
        other,
    })
}
