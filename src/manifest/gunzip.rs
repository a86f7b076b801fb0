//! gzip as Node's zlib, and so npm, unpacks it.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// How a gzip file begins.
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Why npm cannot unpack a gzip file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GzipFault {
    /// It ends too early.
    Cut,
    /// A header, the data or a checksum is wrong.
    Corrupt,
}

/// The content of a gzip file: its members, one after the other. A zero byte after a member
/// ends the file, whatever follows; anything else must be another member. Data that does not
/// start like a gzip file is passed through.
#[derive(Debug)]
pub(crate) struct Gunzip<R> {
    part: Part<R>,
    fault: Option<GzipFault>,
}

#[derive(Debug)]
enum Part<R> {
    /// Nothing has been read.
    Start(R),
    Member(GzDecoder<R>),
    Plain(R),
    End,
}

impl<R: BufRead> Gunzip<R> {
    /// Unpacks a file.
    pub(crate) fn new(source: R) -> Self {
        Self {
            part: Part::Start(source),
            fault: None,
        }
    }

    /// What was wrong with the file, if reading it failed because of that.
    pub(crate) fn fault(&self) -> Option<GzipFault> {
        self.fault
    }
}

impl<R: BufRead> Read for Gunzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        loop {
            let member = match &mut self.part {
                Part::End => return Ok(0),
                Part::Plain(source) => return source.read(into),
                Part::Member(member) => member,
                Part::Start(_) => {
                    self.part = begin(std::mem::replace(&mut self.part, Part::End))?;
                    continue;
                }
            };
            let read = member.read(into);
            self.fault = read.as_ref().err().and_then(fault);
            match read {
                Ok(0) => self.part = next(std::mem::replace(&mut self.part, Part::End))?,
                read => return read,
            }
        }
    }
}

/// The first part of a file.
fn begin<R: BufRead>(start: Part<R>) -> io::Result<Part<R>> {
    let Part::Start(mut source) = start else {
        return Ok(Part::End);
    };
    Ok(if source.fill_buf()?.starts_with(&MAGIC) {
        Part::Member(GzDecoder::new(source))
    } else {
        Part::Plain(source)
    })
}

/// What follows a member.
fn next<R: BufRead>(ended: Part<R>) -> io::Result<Part<R>> {
    let Part::Member(member) = ended else {
        return Ok(Part::End);
    };
    let mut source = member.into_inner();
    Ok(match source.fill_buf()?.first() {
        None | Some(0) => Part::End,
        Some(_) => Part::Member(GzDecoder::new(source)),
    })
}

fn fault(error: &io::Error) -> Option<GzipFault> {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Some(GzipFault::Cut),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => Some(GzipFault::Corrupt),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn member(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(file: &[u8]) -> Result<String, Option<GzipFault>> {
        let mut gunzip = Gunzip::new(file);
        let mut text = String::new();
        let read = gunzip.read_to_string(&mut text);
        read.map(|_| text).map_err(|_| gunzip.fault())
    }

    /// Each as npm 10, 11 and 12 treat it.
    #[test]
    fn members_zeros_and_garbage_are_what_they_are_for_node() {
        let (one, two) = (member("one"), member("two"));
        assert_eq!(unpacked(&one).as_deref(), Ok("one"));
        assert_eq!(
            unpacked(&[&one[..], &two].concat()).as_deref(),
            Ok("onetwo")
        );
        assert_eq!(
            unpacked(&[&one[..], b"\0garbage"].concat()).as_deref(),
            Ok("one")
        );
        let fault = |file: &[u8]| unpacked(file).unwrap_err();
        assert_eq!(unpacked(b"plain").as_deref(), Ok("plain"));
        for cut in 2..one.len() {
            assert_eq!(fault(&one[..cut]), Some(GzipFault::Cut), "{cut}");
        }
        for tail in [&b"x"[..], b"\x1f\x8b"] {
            assert_eq!(fault(&[&one[..], tail].concat()), Some(GzipFault::Cut));
        }
        let garbage = fault(&[&one[..], b"more than ten bytes"].concat());
        assert_eq!(garbage, Some(GzipFault::Corrupt));
        for (at, what) in [(8, "checksum"), (4, "length")] {
            let mut spoilt = one.clone();
            let at = spoilt.len() - at;
            spoilt[at] ^= 1;
            assert_eq!(fault(&spoilt), Some(GzipFault::Corrupt), "{what}");
        }
    }
}
