//! One finding: its title, the place as a snippet, npm's message, and what to do.

use std::fmt::Write as _;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level as Shown, Origin, Renderer, Snippet};

use textwrap::core::display_width;

use super::super::PackageReport;
use super::super::locate::{Location, locate};
use super::super::style::Style;
use super::{Page, Verbosity, list, printable};
use crate::finding::{Level, Place, Reported};
use crate::origin;

/// Remedies that are shown without `--verbose`.
const MAX_HELPS: usize = 2;

/// A line below the snippet: its label and its text.
pub(super) type Footnote = (&'static str, String);

/// Where a finding is shown.
#[derive(Clone, Copy, Default)]
pub(super) struct FindingContext<'a> {
    /// The package that it applies to.
    pub(super) package: Option<&'a PackageReport>,
    /// The packages that have it, where they are listed.
    pub(super) packages: &'a [String],
    /// The finding that is shown above it.
    pub(super) above: Option<&'a Reported>,
}

/// Renders a finding.
pub(super) fn render(reported: &Reported, around: FindingContext<'_>, page: Page<'_>) -> String {
    let FindingContext {
        package, packages, ..
    } = around;
    let found = &reported.finding;
    let cwd = &page.report.cwd;
    // A redundant finding is one line and a hint.
    let is_brief =
        (reported.allowed || reported.moot_by.is_some()) && page.verbosity != Verbosity::Verbose;
    let location = locate(found, package.map(|package| &package.manifest), cwd);
    let location = location.filter(|_| !is_brief);
    let level = match reported.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let allowed = if reported.allowed { " (allowed)" } else { "" };
    let name = format!("{}{allowed}", reported.level.name());
    let mut footnotes = if is_brief {
        Vec::new()
    } else {
        footnotes(reported, around.above, page.verbosity)
    };
    let leader = reported.moot_by.filter(|_| !reported.allowed);
    let message = match leader {
        Some(leader) => format!("{} ({leader} comes first)", found.message),
        None => found.message.clone(),
    };
    if !packages.is_empty() {
        footnotes.insert(0, ("in", list(packages)));
    }
    let title = Title {
        level,
        name,
        id: reported.check,
        message: &message,
    };
    group(title, location.as_ref(), footnotes, page)
}

/// The first line of a group.
pub(super) struct Title<'a> {
    pub(super) level: Shown<'static>,
    pub(super) name: String,
    pub(super) id: &'static str,
    pub(super) message: &'a str,
}

/// A title, a place and footnotes, laid out as by rustc.
pub(super) fn group(
    title: Title<'_>,
    location: Option<&Location>,
    mut footnotes: Vec<Footnote>,
    page: Page<'_>,
) -> String {
    let style = page.style;
    if location.is_none() {
        return without_place(&title, &footnotes, style);
    }
    let message = printable(title.message);
    let indent = title.name.len() + title.id.len() + 4;
    let level = title.level.with_name(title.name.clone());
    // On a narrow terminal the id would leave no room for the message.
    let heading = if indent > style.width() / 2 {
        footnotes.push(("id", title.id.to_owned()));
        level.primary_title(style.wrap(&message, title.name.len() + 2))
    } else {
        level
            .primary_title(style.wrap(&message, indent))
            .id(title.id)
    };
    let mut group = Group::with_title(heading);
    if let Some(location) = location {
        group = with_location(group, location, page);
    }
    for (label, words) in footnotes {
        let words = style.wrap(&printable(&words), label.len() + 8);
        group = group.element(Shown::NOTE.with_name(label).message(words));
    }
    let renderer = if style.is_coloured() {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let rendered = renderer
        .decor_style(DecorStyle::Ascii)
        .term_width(style.width())
        .render(&[group]);
    format!("{}\n\n", linked(rendered, location, page))
}

/// Adds the file, and its relevant lines if there are any.
fn with_location<'a>(group: Group<'a>, location: &Location, page: Page<'_>) -> Group<'a> {
    let excerpt = location.excerpt.as_ref();
    let Some(excerpt) = excerpt.map(|excerpt| excerpt.shown(&page.report.secrets)) else {
        return group.element(
            Origin::path(location.file.clone())
                .line(location.line)
                .char_column(location.column),
        );
    };
    let (text, span) = within(&without_c1(&excerpt.text), &excerpt.span, page.style);
    group.element(
        Snippet::source(text)
            .line_start(location.line)
            .path(location.file.clone())
            .annotation(AnnotationKind::Primary.span(span)),
    )
}

/// The same without a place: the title, and the footnotes below it.
fn without_place(title: &Title<'_>, footnotes: &[Footnote], style: Style) -> String {
    let paint = match title.level {
        Shown::ERROR => Style::error,
        Shown::WARNING => Style::warning,
        _ => Style::note,
    };
    let label = format!("{}[{}]:", title.name, title.id);
    let mut text = style.labelled(paint, &label, &printable(title.message), 4);
    for (label, words) in footnotes {
        let line = style.hang(
            &format!("  = {label}: {}", printable(words)),
            label.len() + 6,
        );
        let _ = write!(text, "\n{line}");
    }
    text + "\n\n"
}

/// Columns that a snippet's frame takes: the line number, and marks for what was left out.
const FRAME: usize = 16;

/// A snippet whose marked part ends before the edge of the terminal: the renderer only trims
/// around that part.
fn within(text: &str, span: &Range<usize>, style: Style) -> (String, Range<usize>) {
    let marked = &text[span.clone()];
    let Some(room) = style
        .room(FRAME)
        .filter(|room| display_width(marked) > *room)
    else {
        return (text.to_owned(), span.clone());
    };
    let mut end = span.start;
    for (at, letter) in marked.char_indices() {
        let next = at + letter.len_utf8();
        if display_width(&marked[..next]) > room {
            break;
        }
        end = span.start + next;
    }
    (format!("{}...", &text[..end]), span.start..end)
}

/// The renderer shows a snippet's C0 controls as pictures but passes on C1 controls, which a
/// terminal may obey. They have two bytes in UTF-8, like their replacement here, so the span
/// stays correct.
fn without_c1(text: &str) -> String {
    text.replace(|c| ('\u{80}'..='\u{9f}').contains(&c), "\u{b7}")
}

/// The lines below the snippet: where it was set, npm's message, and the remedy unless it is
/// the same as the one above. The evidence is shown with `--verbose`.
fn footnotes(reported: &Reported, above: Option<&Reported>, verbosity: Verbosity) -> Vec<Footnote> {
    let found = &reported.finding;
    let verbose = verbosity == Verbosity::Verbose;
    let mut lines = Vec::new();
    if let Some(Place::Setting(origin)) = &found.place
        && !matches!(origin, origin::Origin::File(_))
    {
        lines.push(("set by", origin.to_string()));
    }
    for evidence in found.evidence.iter().filter(|_| verbose) {
        let is_question = evidence.request.starts_with("GET ");
        lines.push((
            if is_question { "asked" } else { "seen" },
            format!("{}: {}", evidence.request, evidence.answer),
        ));
    }
    if reported.moot_by.is_some() {
        return lines;
    }
    if let Some(predicts) = &found.predicts {
        let code = predicts
            .code
            .as_deref()
            .map_or(String::new(), |code| format!("{code} "));
        lines.push(("npm would say", format!("{code}{}", predicts.text)));
    }
    let same_help =
        |above: &Reported| above.check == reported.check && above.finding.help == found.help;
    let most = match above {
        _ if verbose => usize::MAX,
        Some(above) if same_help(above) => 0,
        _ => MAX_HELPS,
    };
    for help in found.help.iter().take(most) {
        lines.push(("help", help.to_string()));
    }
    lines
}

/// Makes the place a link if the terminal supports links.
fn linked(rendered: String, location: Option<&Location>, page: Page<'_>) -> String {
    let has_links = Style::has_links(page.style);
    let Some(location) = location.filter(|_| has_links) else {
        return rendered;
    };
    let Ok(url) = url::Url::from_file_path(page.report.cwd.join(&location.file)) else {
        return rendered;
    };
    let shown = format!("{}:{}:{}", location.file, location.line, location.column);
    rendered.replacen(
        &shown,
        &format!("\x1b]8;;{url}\x1b\\{shown}\x1b]8;;\x1b\\"),
        1,
    )
}
