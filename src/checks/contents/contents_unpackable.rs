use crate::checks::check::{Verdict, check};
use crate::facts::Facts;
use crate::finding::{Finding, Level};
use crate::pack::PackError;

check! {
    /// npm would fail to pack the files.
    ///
    /// An ignore file that is a folder or a link to nothing, a file or folder that cannot be read, a name
    /// that is not UTF-8, a `files` that is not an array of strings, a tarball that is cut or damaged: npm
    /// stops at each of these. A pattern such as `*-[[:digit:]].js` in an ignore file stops it without any
    /// message, because npm turns it into an invalid regular expression. A package that exceeds one of our
    /// limits gets a note.
    ///
    /// npm says: `EISDIR`, `ENOENT`, `EACCES`, `files is not iterable`, `Z_BUF_ERROR`, and the
    /// like.
    id: "contents-unpackable",
    level: Error,
    summary: "npm would fail to pack the files",
    basis: Contents,
    silence: RulesOut,
    remedy: {
        help "correct what the message names";
    },
}

fn run(facts: &Facts) -> Verdict {
    let Some(Err(error)) = &facts.contents else {
        return Ok(Vec::new());
    };
    let finding = Finding::new(error.to_string());
    let finding = match error {
        PackError::BadFiles { .. } => finding.at("/files").help("write an array of paths"),
        PackError::NotUtf8 { .. } => finding.help("rename it, or exclude it"),
        PackError::TooMany
        | PackError::TooLarge
        | PackError::TooComplex
        | PackError::TooManyPatterns
        | PackError::TooLong { .. } => {
            return Ok(vec![
                finding
                    .help("see what npm packs: npm pack --dry-run")
                    .level(Level::Note),
            ]);
        }
        PackError::BadPattern { .. } => {
            finding.help("write the class with ranges, such as [0-9] or [a-zA-Z]")
        }
        // npm-extension-invalid reports it.
        PackError::BadExtension { .. } => return Ok(Vec::new()),
        PackError::BadBundledFiles { .. } => finding.help("bundle another version of it, or none"),
        PackError::Unreadable { .. }
        | PackError::NotRead { .. }
        | PackError::PatternTooLong
        | PackError::Nothing => finding.help("correct it, or remove it"),
        PackError::BadTarball { .. } => finding.help("pack the tarball again"),
    };
    Ok(vec![match error.npm_says() {
        Some((code, text)) => finding.predicts(code.unwrap_or_default(), text),
        None => finding,
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::fake::{fake, only, quiet};

    fn with(error: PackError) -> Facts {
        fake().with(|facts| facts.contents = Some(Err(error)))
    }

    #[test]
    fn fires_with_npms_message() {
        let finding = only(run(&with(PackError::BadFiles {
            says: "files is not iterable",
        })));
        assert_eq!(finding.predicts.unwrap().text, "files is not iterable");
        assert_eq!(
            only(run(&with(PackError::TooMany))).level,
            Some(Level::Note)
        );
    }

    #[test]
    fn stays_quiet_where_there_is_a_list() {
        assert!(quiet(&run(&fake())));
    }
}
