//! Replaces the tarball URLs in a packument on its way to npm by our own. The packument is read
//! and written piece by piece, since some have tens of megabytes, and everything except the
//! URLs is passed on unchanged.

/// The longest URL, and the longest key that matters, in bytes as written.
const MAX_TEXT: usize = 8 << 10;

/// Which part of a packument an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The document: a packument, or one version.
    Document,
    Versions,
    Version,
    Dist,
}

/// What has been read of a document.
pub(super) struct Addresses<F> {
    /// Turns a tarball's URL into ours.
    ours: F,
    /// The open objects that lead to a URL.
    open: Vec<Part>,
    /// How many other objects and lists are open within the last one.
    others: usize,
    /// The last key of the innermost part.
    key: Vec<u8>,
    /// The next string is a key.
    at_key: bool,
    text: Text,
}

/// Whether a string is being read, and what is held back of it.
enum Text {
    None,
    /// It is passed on.
    Passing {
        is_escaped: bool,
    },
    /// It is held back until its end: a key, or a URL.
    Kept {
        is_escaped: bool,
        bytes: Vec<u8>,
    },
}

impl<F: Fn(&str) -> String> Addresses<F> {
    /// Starts at the beginning of a document.
    pub(super) fn new(ours: F) -> Self {
        Self {
            ours,
            open: Vec::new(),
            others: 0,
            key: Vec::new(),
            at_key: false,
            text: Text::None,
        }
    }

    /// Takes the next bytes of the document, and returns those to pass on.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 8);
        for &byte in bytes {
            match &mut self.text {
                Text::None => {
                    out.push(byte);
                    self.structure(byte);
                }
                Text::Passing { is_escaped } => {
                    out.push(byte);
                    if ends(byte, is_escaped) {
                        self.text = Text::None;
                    }
                }
                Text::Kept { is_escaped, bytes } => {
                    if ends(byte, is_escaped) {
                        let text = std::mem::take(bytes);
                        self.text = Text::None;
                        self.kept(&text, &mut out);
                        out.push(byte);
                    } else if bytes.len() < MAX_TEXT {
                        bytes.push(byte);
                    } else {
                        // Neither a key that matters nor a URL.
                        out.append(bytes);
                        out.push(byte);
                        let is_escaped = *is_escaped;
                        self.text = Text::Passing { is_escaped };
                    }
                }
            }
        }
        out
    }

    /// Whether the document is complete.
    pub(super) fn is_whole(&self) -> bool {
        self.open.is_empty() && self.others == 0 && matches!(self.text, Text::None)
    }

    /// Handles a byte outside strings.
    fn structure(&mut self, byte: u8) {
        match byte {
            b'"' => self.begin_text(),
            b'{' if self.others == 0 => match self.part_of_key() {
                Some(part) => {
                    self.open.push(part);
                    self.at_key = true;
                    self.key.clear();
                }
                None => self.others = 1,
            },
            b'{' | b'[' => self.others += 1,
            b'}' | b']' if self.others > 0 => self.others -= 1,
            b'}' => {
                self.open.pop();
            }
            b',' if self.others == 0 => self.at_key = true,
            b':' if self.others == 0 => self.at_key = false,
            _ => {}
        }
    }

    fn begin_text(&mut self) {
        let is_address = self.open.last() == Some(&Part::Dist) && self.key == b"tarball";
        let matters = self.others == 0 && (self.at_key || is_address);
        self.text = if matters && !self.open.is_empty() {
            Text::Kept {
                is_escaped: false,
                bytes: Vec::new(),
            }
        } else {
            Text::Passing { is_escaped: false }
        };
    }

    /// Which part of a packument the object after the last key is.
    fn part_of_key(&self) -> Option<Part> {
        match (self.open.last(), self.key.as_slice()) {
            (None, _) => Some(Part::Document),
            (Some(Part::Document), b"versions") => Some(Part::Versions),
            (Some(Part::Versions), _) => Some(Part::Version),
            (Some(Part::Document | Part::Version), b"dist") => Some(Part::Dist),
            _ => None,
        }
    }

    /// Handles a string that was held back, without its quotes.
    fn kept(&mut self, text: &[u8], out: &mut Vec<u8>) {
        if self.at_key {
            self.key = text.to_vec();
            out.extend_from_slice(text);
            return;
        }
        let quoted = [b"\"", text, b"\""].concat();
        match serde_json::from_slice::<String>(&quoted) {
            Ok(address) => {
                let ours = serde_json::Value::String((self.ours)(&address)).to_string();
                out.extend_from_slice(&ours.as_bytes()[1..ours.len() - 1]);
            }
            Err(_) => out.extend_from_slice(text),
        }
    }
}

/// Whether a byte ends the string that it is in.
fn ends(byte: u8, is_escaped: &mut bool) -> bool {
    let was_escaped = std::mem::replace(is_escaped, byte == b'\\' && !*is_escaped);
    byte == b'"' && !was_escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(document: &str, size: usize) -> (String, bool) {
        let mut addresses = Addresses::new(|address: &str| format!("ours:{address}"));
        let pieces = document.as_bytes().chunks(size);
        let out: Vec<u8> = pieces.flat_map(|piece| addresses.pass(piece)).collect();
        (String::from_utf8(out).unwrap(), addresses.is_whole())
    }

    #[test]
    fn addresses_of_tarballs_change_and_nothing_else() {
        for (document, wanted) in [
            (
                r#"{"versions":{"1.0.0":{"dist":{"tarball":"http:\/\/a\/x","n":1}}}}"#,
                r#"{"versions":{"1.0.0":{"dist":{"tarball":"ours:http://a/x","n":1}}}}"#,
            ),
            (
                r#" {"dist" : { "x":["}","\""], "tarball" : "t" } , "tarball":"t"}"#,
                r#" {"dist" : { "x":["}","\""], "tarball" : "ours:t" } , "tarball":"t"}"#,
            ),
            (
                r#"{"versions":{"1":{"a":{"dist":{"tarball":"t"}},"dist":{"a":{},"tarball":"t"}},"2":{"dist":{"tarball":"u"}}}}"#,
                r#"{"versions":{"1":{"a":{"dist":{"tarball":"t"}},"dist":{"a":{},"tarball":"ours:t"}},"2":{"dist":{"tarball":"ours:u"}}}}"#,
            ),
            (
                r#"[{"dist":{"tarball":"t"}}]"#,
                r#"[{"dist":{"tarball":"t"}}]"#,
            ),
            (
                r#"{"dist":{"tarball":{"tarball":"t"},"x":"\\"}}"#,
                r#"{"dist":{"tarball":{"tarball":"t"},"x":"\\"}}"#,
            ),
            (
                r#"{"dist":{"tarball":["tarball","t"]},"readme":"\ud800 ü"}"#,
                r#"{"dist":{"tarball":["tarball","t"]},"readme":"\ud800 ü"}"#,
            ),
        ] {
            for size in 1..=document.len() {
                let passed = passed(document, size);
                assert_eq!(passed, (wanted.to_owned(), true), "in pieces of {size}");
            }
        }
    }

    #[test]
    fn a_document_that_ends_early_is_not_whole() {
        let document = r#"{"versions":{"1":{"dist":{"tarball":"t"}},"x":["a"]}}"#;
        for end in 1..document.len() {
            assert!(!passed(&document[..end], 7).1, "{}", &document[..end]);
        }
    }

    #[test]
    fn what_is_too_long_or_too_deep_passes_and_takes_no_memory() {
        let long = format!(r#"{{"dist":{{"tarball":"{}"}}}}"#, "x".repeat(MAX_TEXT + 1));
        assert_eq!(passed(&long, 100), (long.clone(), true));
        let deep = "[".repeat(1 << 20);
        let mut addresses = Addresses::new(str::to_owned);
        addresses.pass(deep.as_bytes());
        assert_eq!((addresses.open.len(), addresses.others), (0, 1 << 20));
    }
}
