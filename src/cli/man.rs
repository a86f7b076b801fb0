//! The man page: one for all commands, generated from clap's definition.

use std::io;

use clap::Command;
use clap_mangen::{Man, roff};

use super::definition;

/// The page, in roff.
pub(super) fn page() -> Vec<u8> {
    let root = definition::bare_command();
    let mut page = Vec::new();
    // Writing into memory does not fail.
    let _ = render(&root, &mut page);
    page
}

fn render(root: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(root.clone()).manual("safe-publish");
    man.render_title(page)?;
    man.render_name_section(page)?;
    section(page, ".SH SYNOPSIS", &usage(root));
    man.render_description_section(page)?;
    for command in visible(root) {
        subsection(page, "safe-publish", command)?;
    }
    man.render_options_section(page)?;
    section(page, ".SH NOTES", &after(root));
    Ok(())
}

/// A command, and those below it, each with its usage, options and examples.
fn subsection(page: &mut Vec<u8>, parent: &str, command: &Command) -> io::Result<()> {
    let path = format!("{parent} {}", command.get_name());
    let heading = format!(".SH {}", path.to_uppercase());
    section(page, &heading, &usage(&command.clone().bin_name(&path)));
    let man = Man::new(command.clone().disable_help_flag(true));
    let mut text = Vec::new();
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    let text = String::from_utf8_lossy(&text).replace(".SH DESCRIPTION", ".PP");
    page.extend_from_slice(text.replace(".SH ", ".SS ").as_bytes());
    section(page, ".PP", &after(command));
    for below in visible(command) {
        subsection(page, &path, below)?;
    }
    Ok(())
}

fn visible(command: &Command) -> impl Iterator<Item = &Command> {
    command
        .get_subcommands()
        .filter(|below| !below.is_hide_set())
}

/// Lines below a heading, unchanged.
fn section(page: &mut Vec<u8>, heading: &str, text: &str) {
    let mut lines = roff::Roff::new();
    lines.control("nf", []);
    for line in text.lines() {
        lines.text([roff::roman(line)]);
    }
    lines.control("fi", []);
    page.extend_from_slice(format!("{heading}\n{}", lines.render()).as_bytes());
}

fn usage(command: &Command) -> String {
    let usage = command.clone().render_usage().to_string();
    usage
        .trim_start_matches("Usage:")
        .trim()
        .replace("\n       ", "\n")
}

fn after(command: &Command) -> String {
    command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_section_with_its_whole_usage() {
        let page = String::from_utf8(page()).unwrap();
        assert!(page.starts_with(".ie"), "{}", &page[..80]);
        for heading in [
            "SYNOPSIS",
            "SAFE\\-PUBLISH CHECK",
            "SAFE\\-PUBLISH HOOK RUN",
            "NOTES",
        ] {
            let heading = heading.replace("\\-", "-");
            let count = page.matches(&format!("\n.SH {heading}\n")).count();
            assert_eq!(count, 1, "{heading}\n{page}");
        }
        assert!(page.contains("safe\\-publish explain [WHAT]"), "{page}");
        assert!(page.contains("\nExit codes:"), "{page}");
        assert_eq!(page.matches("Print help").count(), 1, "{page}");
    }
}
