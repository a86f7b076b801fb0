//! The output of `npm stage publish`: the only place where the id of a staged version is
//! printed (npm 11.15 to 12.2).

use std::collections::BTreeMap;

/// Staged versions, by name and version, each with its id if npm had one.
pub type Staged = BTreeMap<(String, String), Option<String>>;

/// Reads `+ name@version (staged with id <uuid>)` and `+ name@version (staged)`, or
/// the document of `--json`: the packages by name. Scripts print to the same
/// stream, so everything else is skipped.
pub fn read(stdout: &[u8]) -> Staged {
    let text = String::from_utf8_lossy(stdout);
    let mut staged: Staged = text.lines().filter_map(line).collect();
    if staged.is_empty() {
        staged = document(&text).unwrap_or_default();
    }
    staged
}

fn line(line: &str) -> Option<((String, String), Option<String>)> {
    let (spec, rest) = line.strip_prefix("+ ")?.split_once(" (staged")?;
    let at = spec.get(1..)?.rfind('@')? + 1;
    let key = (spec[..at].to_owned(), spec[at + 1..].to_owned());
    let id = rest
        .strip_prefix(" with id ")
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|id| is_uuid(id));
    (id.is_some() || rest == ")").then(|| (key, id.map(str::to_owned)))
}

/// The document starts at a brace in the first column and continues to the end.
fn document(text: &str) -> Option<Staged> {
    let starts = std::iter::once(0).chain(text.match_indices("\n{").map(|(at, _)| at + 1));
    let mut documents =
        starts.filter_map(|at| serde_json::from_str::<serde_json::Value>(text[at..].trim()).ok());
    let document = documents.next()?;
    let packages = document.as_object()?.values().chain([&document]);
    let staged = packages.filter_map(|package| {
        let text = |key: &str| package[key].as_str().map(str::to_owned);
        let id = text("stageId").filter(|id| is_uuid(id))?;
        Some(((text("name")?, text("version")?), Some(id)))
    });
    Some(staged.collect())
}

/// npm's own test: 8-4-4-4-12 hexadecimal digits.
pub fn is_uuid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "b1946ac9-2d6e-4c1e-8f0a-0123456789ab";

    fn read_text(text: &str) -> Vec<(String, Option<String>)> {
        let staged = read(text.as_bytes()).into_iter();
        staged
            .map(|((name, version), id)| (format!("{name}@{version}"), id))
            .collect()
    }

    #[test]
    fn ids_are_in_npms_lines() {
        let text = format!(
            "built\n+ cat@1.0.0 (staged with id {ID})\n+ @acme/dog@2.0.0-rc.1 (staged)\n+ pig@1.0.0\n+ x (staged)\n"
        );
        let wanted = [
            ("@acme/dog@2.0.0-rc.1".to_owned(), None),
            ("cat@1.0.0".to_owned(), Some(ID.to_owned())),
        ];
        assert_eq!(read_text(&text), wanted);
        assert_eq!(read_text("+ cat@1.0.0 (staged with id npm)\n"), []);
    }

    #[test]
    fn ids_are_in_npms_document() {
        let of = |document: serde_json::Value| format!("> prepack\n{{ not this\n{document:#}\n");
        let package = serde_json::json!({ "name": "cat", "version": "1.0.0", "stageId": ID });
        let wanted = [("cat@1.0.0".to_owned(), Some(ID.to_owned()))];
        assert_eq!(read_text(&of(package.clone())), wanted);
        assert_eq!(
            read_text(&of(serde_json::json!({ "cat": package }))),
            wanted
        );
        assert_eq!(read_text("{}"), []);
    }

    proptest::proptest! {
        #[test]
        fn any_output_is_read_without_a_crash(text in "(\\+ |@|\\(staged|\\{|[a-z\\n\" é])*") {
            let _ = read(text.as_bytes());
        }
    }
}
