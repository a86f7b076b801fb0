//! `files`: what npm would pack. Starts no process and sends no request.

use std::borrow::Cow;
use std::path::Path;

use crate::cli::{Format, Invocation};
use crate::environment::Environment;
use crate::error::{Error, exit_code};
use crate::facts::contents::of_both;
use crate::output::Output;
use crate::pack::{Packed, Reason, Why, read_tarball, why};
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
    let asked = Asked {
        path: asked,
        cwd: &environment.cwd,
    };
    let public = plan.packages.iter();
    let public = public.map(|package| of_public(package, &asked));
    let private = plan.skipped.iter();
    let private = private.map(|package| of_private(package, &asked));
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

/// The path of `--why`.
struct Asked<'a> {
    path: Option<&'a str>,
    cwd: &'a Path,
}

impl Asked<'_> {
    /// Whether the path is packed, and what decides that.
    fn why(&self, packing: &Packing, packed: &Packed) -> Option<Why> {
        let path = self.path?;
        match packing {
            Packing::Folder(request) => why(request, &self.in_folder(&request.folder)).ok(),
            Packing::Tarball(_) => {
                let found = packed.find(path);
                Some(Why {
                    path: path.to_owned(),
                    packed: found.is_some(),
                    reason: found.map_or(Reason::Absent, |_| Reason::InTarball),
                })
            }
            Packing::Foreign(_) | Packing::Remote => None,
        }
    }

    /// Paths are relative to the package. In a folder above it, a shell completes those that are
    /// relative to that folder.
    fn in_folder(&self, folder: &Path) -> Cow<'_, str> {
        let path = self.path.unwrap_or_default();
        let stands = |folder: &Path| folder.join(path).symlink_metadata().is_ok();
        let here = self.cwd.join(path);
        if stands(folder) || !stands(self.cwd) || !here.starts_with(folder) {
            return Cow::Borrowed(path);
        }
        Cow::Owned(here.to_string_lossy().into_owned())
    }
}

fn of_public(package: &PackagePlan, asked: &Asked<'_>) -> Result<PackageFiles, Error> {
    let found = PackageFiles {
        name: package.name.as_str().map(str::to_owned),
        version: package.version.as_ref().ok().map(ToString::to_string),
        directory: package.directory.clone(),
        scripts: package.scripts_before_packing(),
        ..look(package, asked)?
    };
    Ok(found)
}

fn of_private(skipped: &Skipped, asked: &Asked<'_>) -> Result<PackageFiles, Error> {
    let version = skipped.package.manifest.version();
    let found = PackageFiles {
        name: Some(skipped.name.clone()),
        version: version.as_ref().ok().map(ToString::to_string),
        directory: skipped.package.directory.clone(),
        ..look(&skipped.package, asked)?
    };
    Ok(found)
}

fn look(package: &PackagePlan, asked: &Asked<'_>) -> Result<PackageFiles, Error> {
    let packing = &package.packing;
    let (packed, other) = match packing {
        Packing::Folder(request) => match package
            .fails_before_packing()
            .map_or_else(|| of_both(request), Err)
        {
            Ok((packed, other)) => (Ok(packed), other),
            Err(error) => (Err(error), None),
        },
        Packing::Tarball(path) => (read_tarball(path), None),
        Packing::Foreign(_) | Packing::Remote => {
            return Err(Error::new(
                "listing the files",
                "npm would fetch this package from somewhere else, and pack nothing here",
            )
            .next("name a folder (./dist) or a tarball")
            .wrong_usage());
        }
    };
    let why = packed.as_ref().ok();
    let why = why.and_then(|packed| asked.why(packing, packed));
    Ok(PackageFiles {
        name: None,
        version: None,
        directory: String::new(),
        scripts: Vec::new(),
        manifest: package.manifest.clone(),
        packed,
        why,
        other,
    })
}
