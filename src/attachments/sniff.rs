//! What a file is, by its own bytes; what the sender calls it counts for nothing. Whatever a browser
//! might run, pages and vector pictures, is refused.

use std::io::Read;
use std::path::Path;

use crate::attachments::AttachmentError;
use crate::domain::FileKind;

/// How many bytes tell what a file is.
const HEAD: usize = 4_096;
/// Most pixels of a picture: what unpacks to more is a trap for whoever opens it.
const MOST_PIXELS: u64 = 100_000_000;
/// What a page or a vector picture begins with, in small letters.
const MARKUP: [&str; 9] =
    ["<!doctype", "<html", "<svg", "<script", "<?xml", "<head", "<body", "<iframe", "<!--"];

/// A file, with the room that a picture takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sniffed {
    pub(super) kind: FileKind,
    /// Width and height in pixels, of pictures.
    pub(super) pixels: Option<(u32, u32)>,
}

/// Says what the file at `path` is, or why it is refused. Reads it; not for an async worker.
pub(super) fn file(path: &Path) -> Result<Sniffed, AttachmentError> {
    let mut head = Vec::with_capacity(HEAD);
    std::fs::File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    if head.is_empty() {
        return Err(AttachmentError::Broken("the file is empty"));
    }
    let Some(kind) = by_signature(&head)? else {
        return text(path, &head);
    };
    if !kind.is_image() {
        return Ok(Sniffed { kind, pixels: None });
    }
    let size = imagesize::size(path)
        .map_err(|_| AttachmentError::Broken("the picture is damaged or cut off"))?;
    let length = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    let (Some(width), Some(height)) = (length(size.width), length(size.height)) else {
        return Err(AttachmentError::Broken("the picture has no size"));
    };
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(AttachmentError::Broken("the picture has more than 100 megapixels"));
    }
    Ok(Sniffed { kind, pixels: Some((width, height)) })
}

/// What the first bytes say; `None` where they are no signature.
fn by_signature(head: &[u8]) -> Result<Option<FileKind>, AttachmentError> {
    match infer::get(head).map(|found| found.mime_type()) {
        Some("image/png") => Ok(Some(FileKind::Png)),
        Some("image/jpeg") => Ok(Some(FileKind::Jpeg)),
        Some("image/gif") => Ok(Some(FileKind::Gif)),
        Some("image/webp") => Ok(Some(FileKind::Webp)),
        Some("application/pdf") => Ok(Some(FileKind::Pdf)),
        Some("text/html" | "text/xml" | "image/svg+xml") => Err(AttachmentError::Type),
        // two letters are a signature for some; whether it is text is found out
        Some(_) | None => Ok(None),
    }
}

/// Plain text: UTF-8 to the end, without control characters, and no page in disguise.
fn text(path: &Path, head: &[u8]) -> Result<Sniffed, AttachmentError> {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let beginning = String::from_utf8_lossy(start).to_lowercase();
    if MARKUP.iter().any(|tag| beginning.contains(tag)) {
        return Err(AttachmentError::Type);
    }
    let mut file = std::fs::File::open(path)?;
    let (mut buffer, mut kept) = (vec![0; 64 * 1024], 0);
    loop {
        let free = buffer.get_mut(kept..).unwrap_or_default();
        let read = file.read(free)?;
        let filled = kept + read;
        let bytes = buffer.get(..filled).unwrap_or_default();
        let valid = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            // a character that the next read goes on with
            Err(error) if error.error_len().is_none() && read > 0 => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                std::str::from_utf8(valid).map_err(|_| AttachmentError::Type)?
            }
            Err(_) => return Err(AttachmentError::Type),
        };
        if valid.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}')) {
            return Err(AttachmentError::Type);
        }
        if read == 0 {
            return Ok(Sniffed { kind: FileKind::Text, pixels: None });
        }
        let done = valid.len();
        buffer.copy_within(done..filled, 0);
        kept = filled - done;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniff(bytes: &[u8]) -> Result<Sniffed, AttachmentError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, bytes).unwrap();
        file(&path)
    }

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend(b"\x08\x06\0\0\0\0\0\0\0");
        bytes
    }

    #[test]
    fn pictures_say_how_large_they_are() {
        let found = sniff(&png(640, 480)).unwrap();
        assert_eq!(found, Sniffed { kind: FileKind::Png, pixels: Some((640, 480)) });
        let gif = sniff(b"GIF89a\x0a\0\x14\0\0\0\0\x3b").unwrap();
        assert_eq!(gif, Sniffed { kind: FileKind::Gif, pixels: Some((10, 20)) });
    }

    #[test]
    fn documents_and_text_are_known() {
        assert_eq!(sniff(b"%PDF-1.7\n%%EOF").unwrap().kind, FileKind::Pdf);
        let long = "订单，好。\n".repeat(20_000);
        for text in
            ["hello", "a,b\r\n1,2", "\u{feff}您好", "a < b and c > d", "BM is a signature", &long]
        {
            assert_eq!(sniff(text.as_bytes()).unwrap().kind, FileKind::Text, "{text:.10}");
        }
    }

    #[test]
    fn what_a_browser_might_run_is_refused() {
        for bytes in [
            &b"<!DOCTYPE html><p>hi"[..],
            b"  \n<HTML><script>alert(1)</script>",
            b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<?xml version='1.0'?><svg/>",
            b"hello <script>alert(1)</script>",
            b"PK\x03\x04rest of a zip",
            b"MZ\x90\0rest of a program",
            b"\x7fELF\x02\x01\x01",
            b"text \0 with a zero",
            b"\xff\xfe\xfd not UTF-8",
            b"cut in a character \xe4\xb8",
        ] {
            let refused = sniff(bytes).unwrap_err();
            let told = String::from_utf8_lossy(bytes);
            assert!(matches!(refused, AttachmentError::Type), "{told:?}: {refused}");
        }
    }

    #[test]
    fn damaged_pictures_and_traps_are_refused() {
        for bytes in [
            &b""[..],
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            &png(0, 10),
            &png(60_000, 60_000),
        ] {
            let refused = sniff(bytes).unwrap_err();
            assert!(matches!(refused, AttachmentError::Broken(_)), "{refused}");
        }
    }
}
