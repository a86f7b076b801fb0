//! Node's `path` functions on forward-slash paths.

/// `path.posix.normalize`, but an empty path stays empty.
pub(super) fn normalize(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            other => parts.push(other),
        }
    }
    let mut out = parts.join("/");
    if absolute {
        out.insert(0, '/');
    }
    if path.ends_with('/') && !out.is_empty() && !out.ends_with('/') {
        out.push('/');
    }
    out
}

/// `path.relative(from, to)` of two paths that are relative to one folder.
pub(super) fn relative(from: &str, to: &str) -> String {
    let (from, to) = (normalize(from), normalize(to));
    let split = |path: &str| -> Vec<String> {
        path.split('/')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (from, to) = (split(&from), split(&to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - common);
    let parts: Vec<String> = up.chain(to[common..].iter().cloned()).collect();
    parts.join("/")
}

/// `path.basename`.
pub(super) fn basename(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or_default()
}

/// `path.extname`: a leading dot does not start an extension.
pub(super) fn extname(path: &str) -> &str {
    let base = basename(path);
    let bare = base.trim_start_matches('.');
    // `..a` has the extension `.a`, and `.a` and `..` have none.
    let start = match base.len() - bare.len() {
        0 | 1 => base.len() - bare.len(),
        dots => dots - 1,
    };
    match base[start..].rfind('.') {
        Some(at) if base != ".." && start + at > 0 => &base[start + at..],
        _ => "",
    }
}

/// npm's `secureAndUnixifyPath`: below the package, with forward slashes; empty if nothing is
/// left.
pub(super) fn secured(path: &str) -> String {
    below_root(&path.replace(['\\', ':'], "/"))
}

/// The path with `.` and `..` resolved, never above the package.
pub(super) fn below_root(path: &str) -> String {
    let below = normalize(&format!("/{path}"));
    below.trim_start_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_nodes() {
        for (path, extension) in [
            ("a.js", ".js"),
            (".eslintrc", ""),
            ("a/.b.c", ".c"),
            ("..a", ".a"),
            ("...", "."),
            ("..", ""),
            ("a.", "."),
            ("a..b", ".b"),
            ("a", ""),
            ("x.y/z", ""),
        ] {
            assert_eq!(extname(path), extension, "{path}");
        }
    }

    #[test]
    fn paths_are_resolved_by_their_letters() {
        for (path, normal) in [
            ("a/../b", "b"),
            ("../a", "../a"),
            ("./a//b/", "a/b/"),
            ("/../a", "/a"),
            (".", ""),
            ("/", "/"),
        ] {
            assert_eq!(normalize(path), normal, "{path}");
        }
        assert_eq!(relative("lib/a.js", "lib"), "..");
        assert_eq!(relative("lib", "lib/a.js"), "a.js");
        assert_eq!(relative("lib/sub/a.js", "lib"), "../..");
        assert_eq!(secured("../a\\b"), "a/b");
        assert_eq!(secured("."), "");
        assert_eq!(secured("lib/"), "lib/");
    }
}
