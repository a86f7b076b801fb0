//! The hook's text: POSIX sh. Either a whole file, which calls the previous hook, or a block
//! inside a file that others wrote.

use std::path::Path;

/// Our first line.
const BEGIN: &str = "# >>> safe-publish: checks new version tags before they are pushed >>>";
/// Our last line.
const END: &str = "# <<< safe-publish <<<\n";
const SHEBANG: &str = "#!/bin/sh\n";
/// The name under which the previous hook is kept.
pub const BEFORE: &str = "pre-push.before-safe-publish";

/// What the script calls.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The program, used if it is not on PATH; not for files that others get.
    pub fallback: Option<&'a Path>,
    /// Warnings, gaps and failures of ours stop the push, too.
    pub strict: bool,
}

/// A whole hook.
pub fn file(call: Call<'_>) -> Vec<u8> {
    format!("{SHEBANG}{}", block(call, &before(), "")).into_bytes()
}

/// The lines that call the previous hook.
fn before() -> String {
    format!(
        "safe_publish_before=$(dirname -- \"$0\")/{BEFORE}\n\
         if [ -x \"$safe_publish_before\" ]; then\n  \
           safe_publish_give | \"$safe_publish_before\" \"$@\" || exit\n\
         fi\n"
    )
}

/// Our lines inside another script, which still gets its standard input.
fn inner(call: Call<'_>, before: &str) -> String {
    let restore = "if [ -n \"$safe_publish_input\" ]; then exec <<SAFE_PUBLISH_INPUT\n\
        $safe_publish_input\n\
        SAFE_PUBLISH_INPUT\n\
        else exec </dev/null; fi\n";
    block(call, before, restore)
}

fn block(call: Call<'_>, before: &str, after: &str) -> String {
    let args = if call.strict {
        "hook run --strict"
    } else {
        "hook run"
    };
    let fallback = call.fallback.map_or(String::new(), |path| {
        let path = quoted(path);
        format!(
            "  elif [ -x {path} ]; then\n    safe_publish_give | {path} {args} \"$@\" || exit\n"
        )
    });
    format!(
        "{BEGIN}\n\
         # Written by `safe-publish hook install`; `safe-publish hook uninstall` takes it out again.\n\
         safe_publish_input=$(cat)\n\
         safe_publish_give() {{ [ -z \"$safe_publish_input\" ] || printf '%s\\n' \"$safe_publish_input\"; }}\n\
         {before}\
         case $safe_publish_input in *refs/tags/*)\n  \
           if command -v safe-publish >/dev/null 2>&1; then\n    \
             safe_publish_give | safe-publish {args} \"$@\" || exit\n\
         {fallback}  \
           else\n    \
             echo 'safe-publish is not on PATH, so the tags are pushed without a check' >&2\n  \
           fi ;;\n\
         esac\n\
         {after}{END}"
    )
}

/// A path as an argument for sh.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let path = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path
    };
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// The position of our part in a file.
fn ours(text: &[u8]) -> Option<std::ops::Range<usize>> {
    let start = find(text, BEGIN.as_bytes())?;
    let end = find(&text[start..], END.as_bytes())? + start + END.len();
    Some(start..end)
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Whether a file contains our part.
pub fn is_in(text: &[u8]) -> bool {
    ours(text).is_some()
}

/// Whether a file contains only our part.
pub fn is_all_of(text: &[u8]) -> bool {
    ours(text)
        .is_some_and(|ours| ours.end == text.len() && &text[..ours.start] == SHEBANG.as_bytes())
}

/// Whether our part of a file calls the previous hook.
pub fn calls_before(text: &[u8]) -> bool {
    ours(text).is_some_and(|ours| find(&text[ours], BEFORE.as_bytes()).is_some())
}

/// A file with our part updated to the present text. It calls the hook that it called before,
/// or that is next to it.
pub fn renewed(text: &[u8], call: Call<'_>, keeps_another: bool) -> Option<Vec<u8>> {
    if is_all_of(text) {
        return Some(file(call));
    }
    let before = if keeps_another || calls_before(text) {
        before()
    } else {
        String::new()
    };
    let ours = ours(text)?;
    Some(
        [
            &text[..ours.start],
            inner(call, &before).as_bytes(),
            &text[ours.end..],
        ]
        .concat(),
    )
}

/// Whether a file has only an interpreter line.
pub fn is_empty(text: &[u8]) -> bool {
    let text = text.strip_prefix(SHEBANG.as_bytes()).unwrap_or(text);
    text.iter().all(u8::is_ascii_whitespace)
}

/// A file without our part.
pub fn without(text: &[u8]) -> Option<Vec<u8>> {
    let ours = ours(text)?;
    Some([&text[..ours.start], &text[ours.end..]].concat())
}

/// Whether a file is lefthook's.
pub fn is_lefthooks(text: &[u8]) -> bool {
    !is_in(text) && find(text, b"call_lefthook").is_some()
}

/// Whether a script depends on its own name or folder, so it cannot be called from another
/// place.
pub fn knows_its_place(text: &[u8]) -> bool {
    ["$0", "${0", "BASH_SOURCE"]
        .iter()
        .any(|word| find(text, word.as_bytes()).is_some())
}

/// A shell script with our part at its start: after the first line, and after the line with
/// which old versions of husky start the script again. `None` if it is not a shell script.
pub fn inserted(text: &[u8], call: Call<'_>) -> Option<Vec<u8>> {
    let mut at = 0;
    if text.starts_with(b"#!") {
        at = line_end(text, 0)?;
        let first = String::from_utf8_lossy(&text[..at]).into_owned();
        let parts = first.trim().split(['/', ' ', '!']);
        let shells = ["sh", "bash", "dash", "ksh", "zsh", "ash"];
        if !parts.into_iter().any(|part| shells.contains(&part)) {
            return None;
        }
    }
    if let Some(husky) = find(text, b"/husky.sh") {
        at = line_end(text, husky)?;
    }
    Some([&text[..at], inner(call, "").as_bytes(), &text[at..]].concat())
}

/// The end of the line that contains a byte.
fn line_end(text: &[u8], from: usize) -> Option<usize> {
    let length = text[from..].iter().position(|&byte| byte == b'\n')?;
    Some(from + length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Call<'_> = Call {
        fallback: None,
        strict: false,
    };

    #[test]
    fn what_is_put_in_can_be_taken_out() {
        for text in [
            "npm test\n",
            "#!/bin/sh\nset -e\nnpm test",
            "#!/usr/bin/env bash\r\nnpm test\r\n",
            "#!/bin/sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\nnpm test\n",
            "",
        ] {
            let with = inserted(text.as_bytes(), CALL).unwrap();
            assert!(is_in(&with) && !is_all_of(&with), "{text}");
            assert_eq!(without(&with).unwrap(), text.as_bytes());
            assert_eq!(renewed(&with, CALL, false).unwrap(), with);
        }
        let husky = "#!/bin/sh\n. \"$(dirname -- \"$0\")/_/husky.sh\"\nnpm test\n";
        let with = inserted(husky.as_bytes(), CALL).unwrap();
        assert!(find(&with, b"/husky.sh") < find(&with, BEGIN.as_bytes()));
    }

    #[test]
    fn files_other_than_shell_scripts_are_not_changed() {
        assert_eq!(inserted(b"#!/usr/bin/env python3\nprint()\n", CALL), None);
        assert_eq!(inserted(b"#!/bin/sh", CALL), None);
    }

    #[test]
    fn a_path_is_one_argument() {
        let path = Path::new("/it's here/safe-publish");
        let call = Call {
            fallback: Some(path),
            strict: true,
        };
        let text = String::from_utf8(file(call)).unwrap();
        assert!(is_all_of(text.as_bytes()));
        assert!(
            text.contains(r"'/it'\''s here/safe-publish' hook run --strict"),
            "{text}"
        );
    }
}
