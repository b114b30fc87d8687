//! What of a file of ours goes over the wire: modules and style sheets without the comments and the
//! indentation that people read in the source. Only whole lines are judged, so nothing has to be
//! parsed; code that would be changed by that is not written in `static/`, which a test holds.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// The text without lines that are comments, empty lines, and indentation.
pub(super) fn slim(source: &str) -> String {
    let mut slim = String::with_capacity(source.len());
    let mut in_comment = false;
    for line in source.lines().map(str::trim) {
        let starts = !in_comment && line.starts_with("/*");
        if in_comment || starts {
            // what stands after the end of a comment counts, as `/** @type {X} */ (value)` does
            let rest = line.split_once("*/").map(|(_, rest)| rest.trim());
            in_comment = rest.is_none();
            let keeps = starts && rest.is_some_and(|rest| !rest.is_empty());
            if !keeps {
                continue;
            }
        }
        if !line.is_empty() && !line.starts_with("//") {
            slim.push_str(line);
            slim.push('\n');
        }
    }
    slim
}

/// The bytes as small as gzip makes them: it is done once for a file, not once for a request.
pub(super) fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn comments_and_indentation_stay_at_home() {
        let source = "/**\n * Why.\n */\n\n// one\nexport function f() {\n  /** @type {X} */\n  \
            let x = 'a // b /* c */'\n  const y = /** @type {Y} */ (x)\n  /** @type {Z} */ (y).go()\n}\n";
        let expected = "export function f() {\nlet x = 'a // b /* c */'\n\
            const y = /** @type {Y} */ (x)\n/** @type {Z} */ (y).go()\n}\n";
        assert_eq!(slim(source), expected);
        assert_eq!(slim("/* looks */\n\n.a {\n  color: red;\n}\n"), ".a {\ncolor: red;\n}\n");
        assert_eq!(slim(&slim(source)), slim(source));
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let mut text = String::new();
        let packed = gzip("你好，你好".as_bytes()).unwrap();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "你好，你好");
    }
}
