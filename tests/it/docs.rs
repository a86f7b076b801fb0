//! The generated pages under docs agree with the code.

use std::fs;
use std::path::Path;

use safe_publish::{checks, explain};

/// `docs/checks.md`: every id, including those that appear only when npm fails.
fn page() -> String {
    let mut page = "<!-- Made from the code: UPDATE=1 cargo test --locked --test it docs -->\n\
        # Checks and causes\n\n\
        `safe-publish explain ID` shows one entry. The level is that of a finding, unless the text says\n\
        otherwise; settings can change it. The second part lists what nothing can foretell: causes that\n\
        `safe-publish explain` finds after npm has failed.\n\n\
        ## Checks, before npm runs\n"
        .to_owned();
    for check in checks::ALL {
        page += &entry(
            check.id,
            Some(check.level.name()),
            check.summary,
            &check.documentation(),
        );
    }
    page += "\n## Causes, after npm failed\n";
    for cause in explain::after_causes() {
        page += &entry(cause.id, None, cause.summary, &cause.documentation());
    }
    page
}

fn entry(id: &str, level: Option<&str>, summary: &str, documentation: &str) -> String {
    let level = level.map_or(String::new(), |level| format!("**{level}**: "));
    let text: Vec<&str> = documentation
        .lines()
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let text = text.join("\n");
    format!("\n### {id}\n\n{level}{summary}\n\n{}\n", text.trim())
}

#[test]
fn the_page_of_checks_is_the_codes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md");
    let wanted = page();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, wanted).expect("writable");
        return;
    }
    let text = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        text == wanted,
        "docs/checks.md is stale; run: UPDATE=1 cargo test --locked --test it docs"
    );
}

#[test]
fn the_guides_name_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |guide| fs::read_to_string(root.join(guide)).expect("there is a guide");
    let guide = read("docs/adding-a-check.md") + &read("docs/adding-a-message.md");
    let quoted = guide.split('`').skip(1).step_by(2);
    let paths: Vec<&str> = quoted
        .filter(|word| {
            ["src/", "tests/", "docs/", "fixtures/", ".ci/"]
                .iter()
                .any(|start| word.starts_with(start))
        })
        .filter(|word| {
            !word.contains("engines")
                && !word.contains('<')
                && !word.contains(|c: char| c.is_ascii_uppercase() || c == ' ')
        })
        .collect();
    assert!(paths.len() > 5, "{paths:?}");
    for path in paths {
        assert!(root.join(path).exists(), "{path}");
    }
}
