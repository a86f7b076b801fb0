//! The machine and the tools that npm compares `devEngines` with. Only what an entry needs is
//! read, and Node is started only if its version would make npm refuse.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::environment::Environment;
use crate::file;
use crate::manifest::Manifest;
use crate::manifest::dev_engines::{Engine, Host, Judgement, Property, judge};
use crate::process::{self, Limits};

use super::Npm;

/// How long `node --version` may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// At most this many bytes of a file are read to recognise it.
const HEAD: u64 = 4096;

/// Determines the values that the `devEngines` of a package.json are compared with.
pub async fn host(manifest: &Manifest, npm: &Npm, environment: &Environment) -> Host {
    let asks = |engine: Engine| {
        let pointer = format!("/devEngines/{}", engine.key());
        manifest.pointer(&pointer).is_some()
    };
    let node = find_node(npm, environment);
    let mut host = Host {
        npm: Property::Is(npm.version.to_string()),
        os: Property::Is(platform().to_owned()),
        ..Host::default()
    };
    if asks(Engine::Os) {
        host.os_release = release();
    }
    if asks(Engine::Libc) {
        host.libc = libc();
    }
    if asks(Engine::Cpu) {
        host.cpu = node.as_deref().map_or(Property::Unknown, architecture);
    }
    if asks(Engine::Runtime) {
        host.node = node.as_deref().map_or(Property::Unknown, version_beside);
        // A header may be older than the program, so it can prove that the version is accepted,
        // but not that it is refused.
        if !matches!(judge(manifest, &host), Judgement::Passes) {
            host.node = match &node {
                Some(node) => ask_version(node, environment).await,
                None => Property::Unknown,
            };
        }
    }
    host
}

/// Node's `process.platform`.
pub(crate) fn platform() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        "solaris" | "illumos" => "sunos",
        other => other,
    }
}

/// Node's `os.release()`.
#[cfg(unix)]
fn release() -> Property {
    let name = rustix::system::uname();
    name.release()
        .to_str()
        .map_or(Property::Unknown, |text| Property::Is(text.to_owned()))
}

#[cfg(not(unix))]
fn release() -> Property {
    Property::Unknown
}

/// The C library as npm determines it: from `/usr/bin/ldd`. If that file does not exist, npm
/// asks Node.
fn libc() -> Property {
    if !cfg!(target_os = "linux") {
        return Property::Absent;
    }
    match file::read_text(Path::new("/usr/bin/ldd"), file::limit::SMALL) {
        Err(_) => Property::Unknown,
        Ok(text) if text.contains("musl") => Property::Is("musl".to_owned()),
        Ok(text) if text.contains("GNU C Library") => Property::Is("glibc".to_owned()),
        Ok(_) => Property::Absent,
    }
}

/// The Node in npm's first line, otherwise the one on PATH.
fn find_node(npm: &Npm, environment: &Environment) -> Option<PathBuf> {
    let real = npm.path.canonicalize().ok()?;
    let head = head_of(&real);
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = String::from_utf8_lossy(first).into_owned();
    let named = first
        .strip_prefix("#!")
        .map(|line| PathBuf::from(line.trim()));
    let is_node = |path: &PathBuf| path.file_name().is_some_and(|name| name == "node");
    named.filter(is_node).or_else(|| {
        let path = environment.search_path()?;
        which::which_in("node", Some(path), &environment.cwd).ok()
    })
}

fn head_of(path: &Path) -> Vec<u8> {
    // A file that cannot be read is not recognised.
    file::read_head(path, HEAD).unwrap_or_default()
}

/// Node's `process.arch`, from the header of its ELF file.
fn architecture(node: &Path) -> Property {
    let head = head_of(node);
    let machine = match head.get(..20) {
        Some([0x7f, b'E', b'L', b'F', _, 1, .., low, high]) => u16::from_le_bytes([*low, *high]),
        Some([0x7f, b'E', b'L', b'F', _, 2, .., high, low]) => u16::from_be_bytes([*high, *low]),
        _ => return Property::Unknown,
    };
    let name = match machine {
        3 => "ia32",
        8 => "mips",
        21 => "ppc64",
        22 => "s390x",
        40 => "arm",
        62 => "x64",
        183 => "arm64",
        243 => "riscv64",
        258 => "loong64",
        _ => return Property::Unknown,
    };
    Property::Is(name.to_owned())
}

/// The version in the headers that Node's own archives put next to it.
fn version_beside(node: &Path) -> Property {
    let Ok(real) = node.canonicalize() else {
        return Property::Unknown;
    };
    let header = real
        .ancestors()
        .nth(2)
        .map(|root| root.join("include/node/node_version.h"))
        .map(|header| head_of(&header));
    let text = header.map_or_else(String::new, |bytes| {
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let number = |part: &str| {
        let rest = text
            .split(&format!("#define NODE_{part}_VERSION "))
            .nth(1)?;
        rest.lines().next()?.trim().parse::<u64>().ok()
    };
    match (number("MAJOR"), number("MINOR"), number("PATCH")) {
        (Some(major), Some(minor), Some(patch)) => {
            Property::Is(format!("v{major}.{minor}.{patch}"))
        }
        _ => Property::Unknown,
    }
}

async fn ask_version(node: &Path, environment: &Environment) -> Property {
    let mut command = tokio::process::Command::new(node);
    command
        .arg("--version")
        .current_dir(&environment.cwd)
        .env_remove("NODE_OPTIONS");
    let limits = Limits {
        stdout: 100,
        stderr: 0,
    };
    let output = tokio::time::timeout(TIMEOUT, process::output(command, b"", limits)).await;
    let Ok(Ok(output)) = output else {
        return Property::Unknown;
    };
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && text.starts_with('v') {
        Property::Is(text)
    } else {
        Property::Unknown
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use serde_json::json;

    use super::*;
    use crate::npm::NpmVersion;

    fn executable(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A Node that reports 22.1.0, with headers of this major version, and an npm that it runs.
    fn installed(folder: &Path, header: u32) -> (Npm, Environment) {
        executable(&folder.join("bin/node"), "#!/bin/sh\necho v22.1.0\n");
        executable(&folder.join("bin/npm"), "#!/usr/bin/env node\n");
        let lines = format!(
            "#define NODE_MAJOR_VERSION {header}\n#define NODE_MINOR_VERSION 1\n#define NODE_PATCH_VERSION 0\n"
        );
        fs::create_dir_all(folder.join("include/node")).unwrap();
        fs::write(folder.join("include/node/node_version.h"), lines).unwrap();
        let npm = Npm {
            path: folder.join("bin/npm"),
            version: NpmVersion::new(11, 19, 1),
            root: folder.to_path_buf(),
        };
        let path = folder.join("bin").display().to_string();
        (npm, Environment::bare(folder).with("PATH", &path))
    }

    fn wanting(range: &str) -> Manifest {
        Manifest::from_json(json!({
            "devEngines": { "runtime": { "name": "node", "version": range } }
        }))
    }

    #[tokio::test]
    async fn a_header_is_enough_to_pass() {
        let folder = tempfile::tempdir().unwrap();
        let (npm, environment) = installed(folder.path(), 22);
        executable(&folder.path().join("bin/node"), "#!/bin/sh\nexit 1\n");
        let host = host(&wanting("22"), &npm, &environment).await;
        assert_eq!(host.node, Property::Is("v22.1.0".to_owned()));
    }

    #[tokio::test]
    async fn node_itself_is_asked_before_it_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (npm, environment) = installed(folder.path(), 18);
        let host = host(&wanting("22"), &npm, &environment).await;
        assert_eq!(host.node, Property::Is("v22.1.0".to_owned()));
    }

    #[tokio::test]
    async fn the_node_of_npms_first_line_counts() {
        let folder = tempfile::tempdir().unwrap();
        let (npm, environment) = installed(folder.path(), 18);
        let other = folder.path().join("other/node");
        executable(&other, "#!/bin/sh\necho v24.0.0\n");
        executable(&npm.path, &format!("#!{}\n", other.display()));
        let host = host(&wanting("22"), &npm, &environment).await;
        assert_eq!(host.node, Property::Is("v24.0.0".to_owned()));
    }

    #[test]
    fn the_architecture_is_read_from_the_programs_header() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("node");
        let mut head = vec![0x7f, b'E', b'L', b'F', 2, 1, 1];
        head.resize(18, 0);
        head.extend([183, 0]);
        fs::write(&file, head).unwrap();
        assert_eq!(architecture(&file), Property::Is("arm64".to_owned()));
        fs::write(&file, "#!/bin/sh\n").unwrap();
        assert_eq!(architecture(&file), Property::Unknown);
    }
}
