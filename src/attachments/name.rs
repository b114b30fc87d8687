//! Names of files, as people see them. A name never becomes a path here; it is made harmless for the
//! folder into which somebody saves the file.

use crate::domain::FileKind;

/// Most characters of a name.
const MOST: usize = 120;

/// The name that a file gets: what the sender called it, without folders, control characters and what
/// turns writing around, and with an ending that fits what the file is.
pub(super) fn of(raw: &str, kind: FileKind) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !is_refused(*c)).collect();
    // Windows takes no names that end with a dot, Unix hides those that begin with one
    let plain = plain.trim_matches(|c: char| c.is_whitespace() || c == '.');
    let ending = plain.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let fits = ending.as_deref().is_some_and(|ending| kind.endings().contains(&ending));
    let usual = kind.endings().first().copied().unwrap_or("bin");
    let (stem, ending) = match plain.rsplit_once('.') {
        Some((stem, ending)) if fits => (stem, ending),
        _ => (plain, usual),
    };
    let stem = if stem.is_empty() { "file" } else { stem };
    let room = MOST.saturating_sub(ending.chars().count() + 1);
    let stem: String = stem.chars().take(room).collect();
    format!("{stem}.{ending}")
}

/// Control characters, what file systems do not take, and marks that let `fdp.exe` look like
/// `exe.pdf`.
fn is_refused(c: char) -> bool {
    c.is_control()
        || matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_in_any_script() {
        for name in ["receipt.pdf", "发票 2026.pdf", "фото.final.PDF", "إيصال.pdf", "a'b&c.pdf"]
        {
            assert_eq!(of(name, FileKind::Pdf), name);
        }
    }

    #[test]
    fn a_name_is_no_path() {
        for (raw, name) in [
            ("../../etc/passwd", "passwd.txt"),
            ("C:\\Windows\\system32\\notes.txt", "notes.txt"),
            ("/tmp/", "file.txt"),
            ("..", "file.txt"),
            (".bashrc", "bashrc.txt"),
            ("", "file.txt"),
            ("a\0b\nc.txt", "abc.txt"),
            ("%2e%2e%2f.txt", "%2e%2e%2f.txt"),
            ("con|pipe?.txt", "conpipe.txt"),
        ] {
            assert_eq!(of(raw, FileKind::Text), name, "{raw:?}");
        }
    }

    #[test]
    fn the_ending_says_what_the_file_is() {
        for (raw, kind, name) in [
            ("photo.jpeg", FileKind::Jpeg, "photo.jpeg"),
            ("photo.JPG", FileKind::Jpeg, "photo.JPG"),
            ("photo.png", FileKind::Jpeg, "photo.png.jpg"),
            ("setup.exe", FileKind::Png, "setup.exe.png"),
            ("page.html", FileKind::Text, "page.html.txt"),
            ("run.bat", FileKind::Text, "run.bat.txt"),
            ("orders.csv", FileKind::Text, "orders.csv"),
            ("picture", FileKind::Webp, "picture.webp"),
            // a mark that turns the writing around
            ("cod\u{202e}fdp.exe", FileKind::Pdf, "codfdp.exe.pdf"),
        ] {
            assert_eq!(of(raw, kind), name, "{raw:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = of(&format!("{}.pdf", "长".repeat(500)), FileKind::Pdf);
        assert_eq!(name.chars().count(), MOST);
        assert!(name.ends_with("长.pdf"));
    }
}
