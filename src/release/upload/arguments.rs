//! npm's command line for one tarball.

use std::ffi::OsString;
use std::path::Path;

use crate::npmrc::arguments::Flag;
use crate::npmrc::definitions::{self, Type};
use crate::npmrc::value::Value;
use crate::npmrc::{CommandLine, TagPlan};
use crate::origin::{Origin, Resolved};

/// Flags of the user that choose members, are set for each tarball, or must not be on a command
/// line.
const REPLACED: [&str; 10] = [
    "tag",
    "access",
    "otp",
    "json",
    "dry-run",
    "workspace",
    "workspaces",
    "include-workspace-root",
    "ignore-scripts",
    "prefix",
];

/// The arguments that follow `npm publish` or `npm stage publish` for every tarball: the user's
/// flags, with paths that are valid in any folder.
pub(crate) fn shared(command_line: &CommandLine, cwd: &Path, major: u64) -> Vec<String> {
    let flags = command_line.flags.iter();
    flags
        .filter(|flag| !REPLACED.contains(&flag.key.as_str()))
        .flat_map(|flag| absolute(flag, cwd, major).args())
        .collect()
}

fn absolute(flag: &Flag, cwd: &Path, major: u64) -> Flag {
    let is_path = definitions::find(&flag.key, major).is_some_and(|known| known.takes(Type::Path));
    match flag
        .value
        .as_text()
        .filter(|text| is_path && !text.starts_with('~'))
    {
        Some(path) => Flag {
            value: Value::Text(cwd.join(path).display().to_string()),
            ..flag.clone()
        },
        None => flag.clone(),
    }
}

/// The arguments of one tarball. A tag that was not chosen is left to npm, which then also
/// refuses to move `latest` backwards.
pub(crate) fn of_tarball(
    file: &Path,
    tag: &TagPlan,
    access: Option<&Resolved<String>>,
) -> Vec<OsString> {
    let mut name = OsString::from("./");
    name.push(file.file_name().unwrap_or_default());
    let mut args = vec![name];
    if tag.explicit || tag.sent.origin != Origin::Default {
        args.push(format!("--tag={}", tag.sent.value).into());
    }
    if let Some(access) = access {
        args.push(format!("--access={}", access.value).into());
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_users_flags_are_passed_on_except_ours() {
        let given = [
            "--provenance",
            "--tag",
            "next",
            "-w",
            "a",
            "--otp=123456",
            "--registry=http://h/",
            "--cafile=./ca.pem",
            "--no-color",
            "--workspaces",
            "pkg",
        ];
        let given = given.map(str::to_owned);
        let line = CommandLine::parse(&given, None);
        let args = shared(&line, Path::new("/repo"), 11);
        let cafile = format!("--cafile={}", Path::new("/repo").join("./ca.pem").display());
        let wanted = [
            "--provenance",
            "--registry=http://h/",
            &cafile,
            "--no-color",
        ];
        assert_eq!(args, wanted);
    }

    #[test]
    fn tag_and_access_are_the_plans() {
        let tag = |value: &str, origin: Origin| {
            let tag = Resolved::new(value.to_owned(), origin);
            TagPlan {
                configured: tag.clone(),
                explicit: tag.origin != Origin::Default,
                sent: tag,
            }
        };
        let chosen = Origin::CommandLine {
            flag: "--tag".to_owned(),
        };
        let access = Resolved::new("public".to_owned(), chosen.clone());
        let file = Path::new("/tmp/x/cat-1.0.0.tgz");
        let args = of_tarball(file, &tag("next", chosen), Some(&access));
        assert_eq!(args, ["./cat-1.0.0.tgz", "--tag=next", "--access=public"]);
        let args = of_tarball(file, &tag("latest", Origin::Default), None);
        assert_eq!(args, ["./cat-1.0.0.tgz"]);
    }
}
