//! The style of text: width, colours, links. Decided once per stream.

use std::fmt::Write as _;

use crate::cli::Color;
use crate::environment::Environment;

/// The style of one output stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a separate ability")]
pub struct Style {
    coloured: bool,
    links: bool,
    unicode: bool,
    /// The stream is a terminal: every line must end before its edge.
    breaks_words: bool,
    width: usize,
}

/// Text is never narrower or wider than this, whatever the terminal reports.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=120;
const DEFAULT_WIDTH: usize = 80;

/// The least width of text, however far it is indented.
const MIN_TEXT_WIDTH: usize = 16;

impl Style {
    /// No colours, no links, 80 columns.
    pub const PLAIN: Self = Self {
        coloured: false,
        links: false,
        unicode: true,
        breaks_words: false,
        width: DEFAULT_WIDTH,
    };

    /// Chooses for a stream. Colours: the option, then `NO_COLOR`, then `CLICOLOR_FORCE`, then
    /// whether it is a terminal that is not `dumb`. Width: the terminal's own, then `COLUMNS`.
    pub fn choose(color: Color, environment: &Environment, is_terminal: bool) -> Self {
        let capable = is_terminal && environment.variable("TERM") != Some("dumb");
        let forced = environment
            .filled("CLICOLOR_FORCE")
            .is_some_and(|force| force != "0");
        let coloured = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => environment.filled("NO_COLOR").is_none() && (forced || capable),
        };
        let asked = environment.filled("COLUMNS");
        let asked = asked.and_then(|columns| columns.parse().ok());
        let width = environment.columns.filter(|_| is_terminal).or(asked);
        Self {
            coloured,
            links: coloured && capable && takes_links(environment),
            unicode: environment.is_unicode(),
            breaks_words: is_terminal,
            width: width
                .unwrap_or(DEFAULT_WIDTH)
                .clamp(*WIDTHS.start(), *WIDTHS.end()),
        }
    }

    /// Whether escapes are written at all.
    pub fn is_coloured(self) -> bool {
        self.coloured
    }

    /// Whether OSC 8 links are written.
    pub fn has_links(self) -> bool {
        self.links
    }

    /// The same without links, for text about files that will be gone soon.
    #[must_use]
    pub fn without_links(self) -> Self {
        Self {
            links: false,
            ..self
        }
    }

    /// An arrow to the right.
    pub fn arrow(self) -> &'static str {
        if self.unicode { "\u{2192}" } else { "->" }
    }

    /// The same without colours.
    #[must_use]
    pub fn without_colours(self) -> Self {
        Self {
            coloured: false,
            ..self
        }
    }

    /// Columns.
    pub fn width(self) -> usize {
        self.width
    }

    /// Breaks text at the stream's edge. The first line starts at column `indent`; the caller
    /// indents the others.
    pub fn wrap(self, text: &str, indent: usize) -> String {
        let width = self.width.saturating_sub(indent).max(MIN_TEXT_WIDTH);
        // A URL is broken only at the edge of a terminal: in a log it stays whole.
        let options = textwrap::Options::new(width)
            .break_words(self.breaks_words)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::wrap(text, options).join("\n")
    }

    /// [`Style::wrap`], with the lines after the first one indented.
    pub fn wrap_indented(self, text: &str, indent: usize) -> String {
        self.wrap(text, indent)
            .replace('\n', &format!("\n{}", " ".repeat(indent)))
    }

    /// Breaks text at the stream's edge, with every line but the first indented.
    pub fn hang(self, text: &str, indent: usize) -> String {
        let indent = " ".repeat(indent);
        let options = textwrap::Options::new(self.width)
            .subsequent_indent(&indent)
            .break_words(self.breaks_words)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options)
    }

    /// Text for people, with no line beyond the edge of the terminal: a line that is too long
    /// continues below, indented. In a log every line stays whole.
    pub fn fit(self, text: &str) -> String {
        if !self.breaks_words {
            return text.to_owned();
        }
        let lines = text.split_inclusive('\n').map(|line| {
            let words = line.trim_end_matches('\n');
            if textwrap::core::display_width(words) <= self.width {
                return line.to_owned();
            }
            let start = words.trim_start_matches(' ');
            let indent = (words.len() - start.len()).min(self.width / 4);
            let wrapped = self.hang(&format!("{}{start}", " ".repeat(indent)), indent + 4);
            format!("{wrapped}{}", &line[words.len()..])
        });
        lines.collect()
    }

    /// How many columns the text of a line has after its first `indent`; `None` if lines are
    /// not broken.
    pub fn room(self, indent: usize) -> Option<usize> {
        let room = self.width.saturating_sub(indent).max(MIN_TEXT_WIDTH);
        self.breaks_words.then_some(room)
    }

    /// A painted label followed by text, wrapped and indented.
    pub fn labelled(
        self,
        paint: fn(Self, &str) -> String,
        label: &str,
        text: &str,
        indent: usize,
    ) -> String {
        let wrapped = self.hang(&format!("{label} {text}"), indent);
        match wrapped.strip_prefix(label) {
            Some(rest) => format!("{}{rest}", paint(self, label)),
            // A label of several words was broken.
            None => wrapped,
        }
    }

    fn paint(self, style: anstyle::Style, text: &str) -> String {
        let mut painted = String::new();
        if self.coloured {
            let _ = write!(painted, "{style}{text}{style:#}");
        } else {
            painted.push_str(text);
        }
        painted
    }

    /// Bold.
    pub fn strong(self, text: &str) -> String {
        self.paint(anstyle::Style::new().bold(), text)
    }

    /// Struck through, for a value that is overridden.
    pub fn struck(self, text: &str) -> String {
        self.paint(anstyle::Style::new().strikethrough(), text)
    }

    /// Bold red.
    pub fn error(self, text: &str) -> String {
        self.paint(anstyle::AnsiColor::BrightRed.on_default().bold(), text)
    }

    /// Bold yellow.
    pub fn warning(self, text: &str) -> String {
        self.paint(anstyle::AnsiColor::Yellow.on_default().bold(), text)
    }

    /// Bold green.
    pub fn good(self, text: &str) -> String {
        self.paint(anstyle::AnsiColor::BrightGreen.on_default().bold(), text)
    }

    /// Bold blue.
    pub fn note(self, text: &str) -> String {
        self.paint(anstyle::AnsiColor::BrightBlue.on_default().bold(), text)
    }
}

/// Whether the terminal is known to support OSC 8 links.
fn takes_links(environment: &Environment) -> bool {
    let vte = environment
        .filled("VTE_VERSION")
        .and_then(|version| version.parse::<u32>().ok());
    let program = environment.filled("TERM_PROGRAM").unwrap_or_default();
    vte.is_some_and(|version| version >= 5000)
        || matches!(
            program,
            "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "Hyper"
        )
        || environment.filled("KITTY_WINDOW_ID").is_some()
        || environment.filled("WT_SESSION").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(color: Color, variables: &[(&str, &str)], is_terminal: bool) -> bool {
        let environment = variables
            .iter()
            .fold(Environment::bare("/"), |environment, (name, value)| {
                environment.with(name, value)
            });
        Style::choose(color, &environment, is_terminal).is_coloured()
    }

    #[test]
    fn colours_follow_option_then_variables_then_terminal() {
        assert!(colours(Color::Auto, &[], true));
        assert!(!colours(Color::Auto, &[], false));
        assert!(!colours(Color::Auto, &[("NO_COLOR", "1")], true));
        assert!(!colours(
            Color::Auto,
            &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
            true
        ));
        assert!(colours(Color::Auto, &[("CLICOLOR_FORCE", "1")], false));
        assert!(!colours(Color::Auto, &[("CLICOLOR_FORCE", "0")], false));
        assert!(!colours(Color::Auto, &[("TERM", "dumb")], true));
        assert!(colours(Color::Always, &[("NO_COLOR", "1")], false));
        assert!(!colours(Color::Never, &[], true));
    }

    #[test]
    fn links_go_to_known_terminals_only() {
        let environment = Environment::bare("/").with("VTE_VERSION", "7600");
        assert!(Style::choose(Color::Auto, &environment, true).has_links());
        assert!(!Style::choose(Color::Always, &environment, false).has_links());
        assert!(!Style::choose(Color::Auto, &Environment::bare("/"), true).has_links());
    }

    #[test]
    fn an_address_is_broken_at_the_edge_of_a_terminal_only() {
        let address = format!("https://h.example/{}", "a".repeat(100));
        assert_eq!(Style::PLAIN.wrap(&address, 30), address);
        let mut environment = Environment::bare("/").with("COLUMNS", "60");
        environment.columns = Some(50);
        let terminal = Style::choose(Color::Auto, &environment, true);
        let wrapped = terminal.wrap(&address, 10);
        assert!(wrapped.lines().all(|line| line.len() <= 40), "{wrapped}");
        let pipe = Style::choose(Color::Auto, &environment, false);
        assert_eq!((terminal.width(), pipe.width()), (50, 60));
    }

    #[test]
    fn a_line_too_long_for_the_terminal_goes_on_below() {
        let mut environment = Environment::bare("/");
        environment.columns = Some(40);
        let terminal = Style::choose(Color::Auto, &environment, true);
        let text = "  account     //registry.example.com/       npm finds a credential\nshort\n";
        let expected =
            "  account     //registry.example.com/\n      npm finds a credential\nshort\n";
        assert_eq!(terminal.fit(text), expected);
        let painted = format!("{}\n", terminal.strong(&"word ".repeat(7)));
        assert_eq!(terminal.fit(&painted), painted, "colours take no room");
        let wide = terminal.fit(&"\u{6f22}".repeat(50));
        let ends = |line| textwrap::core::display_width(line) <= 40;
        assert!(wide.lines().all(ends), "{wide}");
        assert_eq!(Style::PLAIN.fit(&"a ".repeat(90)), "a ".repeat(90));
    }

    #[test]
    fn a_locale_without_unicode_gets_plain_letters() {
        let arrow = |name: &str, value: &str| {
            let environment = Environment::bare("/").with(name, value);
            Style::choose(Color::Auto, &environment, true).arrow()
        };
        assert_eq!(arrow("LANG", "C"), "->");
        assert_eq!(arrow("LC_ALL", "POSIX"), "->");
        assert_eq!(arrow("LANG", "de_DE.UTF-8"), "\u{2192}");
        assert_eq!(arrow("PATH", "/bin"), "\u{2192}");
    }
}
