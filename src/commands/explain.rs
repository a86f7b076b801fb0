//! `explain ID`: a check's documentation.

use crate::check::Check;
use crate::checks;
use crate::error::{Error, exit_code};
use crate::output::Output;
use crate::report::style::Style;
use crate::settings::nearest;

/// Prints what an id means; without one, all ids with a line each.
pub(super) fn explain(what: Option<&str>, output: &Output) -> Result<i32, Error> {
    let text = match what {
        None => list(output.stdout),
        Some(id) => match checks::find(id) {
            Some(check) => documentation(check, output.stdout),
            None => return Err(unknown(id)),
        },
    };
    output.out(&text);
    Ok(i32::from(exit_code::READY))
}

fn unknown(id: &str) -> Error {
    let hint = nearest(id, &checks::known_ids())
        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let shown: String = id.chars().filter(|c| !c.is_control()).take(80).collect();
    Error::new("explaining", format!("there is no check `{shown}`{hint}"))
        .next("`safe-publish explain` lists the checks")
        .wrong_usage()
}

fn list(style: Style) -> String {
    let widest = checks::ALL
        .iter()
        .map(|check| check.id.len())
        .max()
        .unwrap_or(0);
    let lines = checks::ALL.iter().map(|check| {
        let id = style.strong(check.id);
        let gap = " ".repeat(widest + 2 - check.id.len());
        format!(
            "{id}{gap}{}\n",
            style.wrap_indented(check.summary, widest + 2)
        )
    });
    lines.collect()
}

/// The documentation, wrapped; its paragraphs stay apart.
fn documentation(check: &Check, style: Style) -> String {
    let level = match check.level {
        crate::check::Level::Error => style.error("error"),
        crate::check::Level::Warning => style.warning("warning"),
        crate::check::Level::Note => style.note("note"),
    };
    let mut text = format!("{} ({level}): {}\n", style.strong(check.id), check.summary);
    for paragraph in check.documentation.split("\n\n") {
        let words: Vec<&str> = paragraph.split_whitespace().collect();
        text.push('\n');
        text.push_str(&style.wrap(&words.join(" "), 0));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_explained_within_the_width() {
        for check in checks::ALL {
            let text = documentation(check, Style::PLAIN);
            assert!(
                text.starts_with(check.id) && text.contains("What to do:")
                    || text.contains("npm will ask"),
                "{text}"
            );
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(100), "{text}");
        }
        assert_eq!(
            list(Style::PLAIN)
                .lines()
                .filter(|line| !line.starts_with(' '))
                .count(),
            checks::ALL.len()
        );
    }

    #[test]
    fn an_unknown_id_names_the_nearest() {
        assert!(
            unknown("version-token")
                .to_string()
                .contains("did you mean `version-taken`?")
        );
    }
}
