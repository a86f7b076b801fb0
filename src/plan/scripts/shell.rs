//! The part of the shell language that scripts in package.json use: words, quotes, separators
//! and redirections. Anything else is not parsed.

/// A command of a script, with nothing expanded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// The program and its arguments.
    pub(super) words: Vec<String>,
    /// The files that its output is written to.
    pub(super) outputs: Vec<String>,
}

/// Words before a command that do not change its effect.
const KEYWORDS: [&str; 11] = [
    "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "!", "{",
];

/// The commands of a script, in order, whether or not each would run. `None` if the script has
/// more than words: a substitution, a here-document, a function.
pub(super) fn commands(script: &str) -> Option<Vec<Command>> {
    let script = script.replace("\\\n", "");
    let mut reader = Reader {
        chars: script.chars().peekable(),
        done: Vec::new(),
        current: Command::default(),
        takes_output: false,
    };
    reader.read()?;
    Some(reader.done)
}

struct Reader<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    done: Vec<Command>,
    current: Command,
    /// The next word is the target of a redirection.
    takes_output: bool,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<()> {
        while let Some(&next) = self.chars.peek() {
            match next {
                ' ' | '\t' | '\r' => self.skip(),
                '\n' | ';' | '&' | '|' | '(' | ')' => {
                    self.skip();
                    self.end_command();
                }
                '#' => while self.chars.next_if(|c| *c != '\n').is_some() {},
                '>' => {
                    self.skip();
                    self.redirect();
                }
                '<' => {
                    self.skip();
                    // `<<` is a here-document, `<(` a substitution.
                    if matches!(self.chars.peek(), Some('<' | '(')) {
                        return None;
                    }
                    let _ = self.word()?;
                }
                _ => {
                    let word = self.word()?;
                    self.take(word);
                }
            }
        }
        self.end_command();
        Some(())
    }

    fn skip(&mut self) {
        self.chars.next();
    }

    /// Continues after a `>`.
    fn redirect(&mut self) {
        while self.chars.next_if(|c| matches!(c, '>' | '|')).is_some() {}
        if self.chars.next_if_eq(&'&').is_some() {
            // `2>&1` names a descriptor, not a file.
            while self.chars.next_if(char::is_ascii_digit).is_some() {}
            return;
        }
        self.takes_output = true;
    }

    fn take(&mut self, word: String) {
        let is_descriptor = word.chars().all(|c| c.is_ascii_digit());
        if std::mem::take(&mut self.takes_output) {
            self.current.outputs.push(word);
        } else if is_descriptor && self.chars.peek() == Some(&'>') {
        } else if !(self.current.words.is_empty() && KEYWORDS.contains(&word.as_str())) {
            self.current.words.push(word);
        }
    }

    fn end_command(&mut self) {
        let command = std::mem::take(&mut self.current);
        self.takes_output = false;
        if command != Command::default() {
            self.done.push(command);
        }
    }

    /// One word, without its quotes.
    fn word(&mut self) -> Option<String> {
        let mut word = String::new();
        while self.chars.next_if(|c| matches!(c, ' ' | '\t')).is_some() {}
        while let Some(&next) = self.chars.peek() {
            match next {
                ' ' | '\t' | '\r' | '\n' | ';' | '&' | '|' | '(' | ')' | '<' | '>' => break,
                '\'' => {
                    self.skip();
                    self.single_quoted(&mut word)?;
                }
                '"' => {
                    self.skip();
                    self.double_quoted(&mut word)?;
                }
                '\\' => {
                    self.skip();
                    word.extend(self.chars.next());
                }
                '`' => return None,
                '$' => {
                    self.skip();
                    self.dollar(&mut word)?;
                }
                _ => {
                    self.skip();
                    word.push(next);
                }
            }
        }
        Some(word)
    }

    fn single_quoted(&mut self, word: &mut String) -> Option<()> {
        loop {
            match self.chars.next()? {
                '\'' => return Some(()),
                other => word.push(other),
            }
        }
    }

    fn double_quoted(&mut self, word: &mut String) -> Option<()> {
        loop {
            match self.chars.next()? {
                '"' => return Some(()),
                '`' => return None,
                '$' => self.dollar(word)?,
                '\\' => match self.chars.next()? {
                    escaped @ ('"' | '\\' | '$' | '`') => word.push(escaped),
                    other => word.extend(['\\', other]),
                },
                other => word.push(other),
            }
        }
    }

    /// A variable stays as written; a command substitution is not parsed.
    fn dollar(&mut self, word: &mut String) -> Option<()> {
        word.push('$');
        (self.chars.peek() != Some(&'(')).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Option<Vec<Vec<String>>> {
        let commands = commands(script)?;
        Some(commands.into_iter().map(|command| command.words).collect())
    }

    #[test]
    fn separators_quotes_and_keywords() {
        assert_eq!(
            words("NODE_ENV=production tsc -p . && (cd x; eslint \"src/**\") || echo 'a && b' # no\n! ls").unwrap(),
            [
                vec!["NODE_ENV=production", "tsc", "-p", "."],
                vec!["cd", "x"],
                vec!["eslint", "src/**"],
                vec!["echo", "a && b"],
                vec!["ls"],
            ]
        );
        assert_eq!(
            words("if true; then npm test; fi").unwrap(),
            [vec!["true"], vec!["npm", "test"]]
        );
        assert_eq!(
            words(
                r#"node -e "a(\"b\")" \
 c"#
            )
            .unwrap(),
            [["node", "-e", "a(\"b\")", "c"]]
        );
    }

    #[test]
    fn redirections_name_their_files() {
        let outputs = |script| commands(script).unwrap()[0].outputs.clone();
        assert_eq!(outputs("jq .a b.json > package.json"), ["package.json"]);
        assert_eq!(outputs("echo x>>'a b' 2> /dev/null"), ["a b", "/dev/null"]);
        assert!(outputs("tsc 2>&1 < in").is_empty());
        assert_eq!(words("tsc 2>&1").unwrap(), [["tsc"]]);
    }

    #[test]
    fn only_plain_words_are_read() {
        for script in [
            "echo $(date)",
            "echo `date`",
            "echo \"$(date)\"",
            "cat <<EOF",
            "diff <(a) b",
            "echo 'open",
        ] {
            assert_eq!(commands(script), None, "{script}");
        }
    }
}
