//! git's pre-push protocol: finds new version tags in a push. It only reads standard input,
//! because most pushes have no version tag.

use std::io::Read;

use crate::manifest::version_tag::may_name_a_version;

/// A push with more references than this is not a release.
const MAX_INPUT: u64 = 16 << 20;
/// The prefix of references to tags.
const TAGS: &str = "refs/tags/";

/// A tag that the remote does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTag {
    /// Its short name on the remote.
    pub name: String,
    /// The object that it will point at: a commit, or an annotated tag.
    pub object: String,
}

/// The new tags among `<local ref> <local id> <remote ref> <remote id>` lines
/// that may name a version.
///
/// # Errors
/// When the input cannot be read.
pub fn read(input: impl Read) -> std::io::Result<Vec<NewTag>> {
    let mut bytes = Vec::new();
    input.take(MAX_INPUT).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().filter_map(new_tag).collect())
}

fn new_tag(line: &str) -> Option<NewTag> {
    // The local reference may be any expression, with spaces; the other three
    // fields have none.
    let mut words = line.trim_end().rsplitn(4, ' ');
    let (there, remote, here) = (words.next()?, words.next()?, words.next()?);
    let name = remote.strip_prefix(TAGS)?;
    let is_new = is_nothing(there) && !is_nothing(here) && is_id(here);
    (is_new && may_name_a_version(name)).then(|| NewTag {
        name: name.to_owned(),
        object: here.to_owned(),
    })
}

fn is_id(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_nothing(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: &str = "0000000000000000000000000000000000000000";
    const SOME: &str = "1234567890123456789012345678901234567890";

    fn names(lines: &[String]) -> Vec<String> {
        let tags = read(lines.join("\n").as_bytes()).unwrap().into_iter();
        tags.map(|tag| tag.name).collect()
    }

    #[test]
    fn new_version_tags_are_taken() {
        let lines = [
            format!("refs/tags/v1.2.3 {SOME} refs/tags/v1.2.3 {NONE}"),
            format!("HEAD {SOME} refs/tags/@acme/cat@1.2.3 {NONE}"),
            format!("refs/heads/main {SOME} refs/tags/release-1.2.3 {NONE}"),
        ];
        assert_eq!(
            names(&lines),
            ["v1.2.3", "@acme/cat@1.2.3", "release-1.2.3"]
        );
    }

    #[test]
    fn other_lines_are_ignored() {
        let lines = [
            format!("refs/heads/v1.2.3 {SOME} refs/heads/v1.2.3 {NONE}"),
            format!("refs/tags/v1.2.3 {SOME} refs/tags/v1.2.3 {SOME}"),
            format!("(delete) {NONE} refs/tags/v1.2.3 {SOME}"),
            format!("refs/tags/v1 {SOME} refs/tags/v1 {NONE}"),
            format!("refs/tags/v1.2.3 --help refs/tags/v1.2.3 {NONE}"),
            "refs/tags/v1.2.3".to_owned(),
            String::new(),
        ];
        assert_eq!(names(&lines), [""; 0]);
    }
}
