//! A page of a help centre that was saved as HTML: questions with their answers as schema.org tells
//! them (JSON-LD or microdata), in `<details>`, in accordions, in `<dl>`, or as headings with what
//! stands below them. All of it becomes plain text.

mod structure;
mod structured;
mod words;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use scraper::Html;

use crate::import::ImportError;
use crate::import::haul::{At, Haul};

/// Most bytes of a page.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A question with its answer as the page has them, in plain text.
struct Pair {
    question: String,
    answer: String,
    line: usize,
}

/// A page that is read.
struct Page<'a> {
    file: &'a Path,
    source: &'a str,
    html: Html,
}

impl Haul {
    /// Reads saved pages.
    pub fn of_pages(files: &[PathBuf]) -> Result<Self, ImportError> {
        let mut haul = Self::default();
        let mut known: HashMap<String, String> = HashMap::new();
        for file in files {
            let source = read(file)?;
            let page = Page { file, source: &source, html: Html::parse_document(&source) };
            let mut pairs = page.structured(&mut haul);
            pairs.extend(page.in_the_text(&mut haul));
            for pair in pairs {
                page.take(&pair, &mut known, &mut haul);
            }
        }
        if haul.entries.is_empty() {
            let file = files.first().cloned().unwrap_or_default();
            let told: Vec<String> = haul.left_out.iter().take(3).map(ToString::to_string).collect();
            let why =
                if told.is_empty() { String::new() } else { format!(": {}", told.join("; ")) };
            let message = format!("holds no question with an answer{why}");
            return Err(ImportError::Format { file, message });
        }
        Ok(haul)
    }
}

impl Page<'_> {
    /// Takes a pair unless the same question was found before, which pages that tell search engines
    /// what they show always have.
    fn take(&self, pair: &Pair, known: &mut HashMap<String, String>, haul: &mut Haul) {
        let at = At::new(self.file, pair.line);
        let key = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let question = key(&pair.question);
        if question.is_empty() {
            return;
        }
        if pair.answer.is_empty() {
            if !known.contains_key(&question) {
                haul.leave(&at, format!("nothing answers “{}”", pair.question));
            }
            return;
        }
        let answer = key(&pair.answer);
        match known.get(&question) {
            None => {
                haul.take_pair(&pair.question, &pair.answer, &at);
                known.insert(question, answer);
            }
            Some(first) if first.contains(&answer) || answer.contains(first) => {}
            Some(_) => {
                let why =
                    format!("“{}” has another answer here; the first is taken", pair.question);
                haul.leave(&at, why);
            }
        }
    }

    /// The line where a text begins, as far as it stands in the source as it is read.
    fn line_of(&self, text: &str) -> usize {
        let first = text.lines().next().unwrap_or_default();
        let longest = first.split_whitespace().max_by_key(|word| word.chars().count());
        let candidates = [Some(first), longest];
        let mut found = candidates.into_iter().flatten().filter(|c| !c.is_empty());
        let at = found.find_map(|candidate| self.source.find(candidate));
        self.source.get(..at.unwrap_or_default()).unwrap_or_default().matches('\n').count() + 1
    }
}

fn read(file: &Path) -> Result<String, ImportError> {
    let unreadable = |source| ImportError::File { file: file.to_owned(), source };
    let wrong =
        |message: &str| ImportError::Format { file: file.to_owned(), message: message.to_owned() };
    if fs::metadata(file).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(wrong("is larger than 16 MiB"));
    }
    let bytes = fs::read(file).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| wrong("is not UTF-8; save it as UTF-8 and try again"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(html: &str) -> Result<Haul, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("help.html");
        fs::write(&file, html).unwrap();
        Haul::of_pages(&[file]).map_err(|error| error.to_string())
    }

    fn pairs(haul: &Haul) -> Vec<(&str, &str)> {
        let entries = haul.entries.iter();
        entries
            .map(|entry| {
                let (q, a) = (&entry.question, &entry.answer);
                if q.en.is_empty() {
                    (q.zh.as_str(), a.zh.as_str())
                } else {
                    (q.en.as_str(), a.en.as_str())
                }
            })
            .collect()
    }

    #[test]
    fn what_search_engines_are_told_is_taken_once() {
        let haul = of(r#"<html><head><script type="application/ld+json">
            {"@context": "https://schema.org", "@graph": [{"@type": ["WebPage", "FAQPage"], "mainEntity": [
              {"@type": "Question", "name": "How long is the &quot;warranty&quot;?",
               "acceptedAnswer": {"@type": "Answer", "text": "<p>Three <b>years</b>.</p><ul><li>Lamps</li><li>Phones</li></ul><script>alert(1)<\/script>"}},
              {"@type": "Question", "name": "保修多久？", "acceptedAnswer": [{"text": "三年。"}]}]}]}
            </script></head><body>
            <details><summary>How long is the "warranty"?</summary>Three years.</details>
            <div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">Do you repair?</h3>
            <div itemprop="acceptedAnswer" itemscope><div itemprop="text">Yes,<br>we do.</div></div></div>
            </body></html>"#)
        .unwrap();
        assert_eq!(
            pairs(&haul),
            [
                ("How long is the \"warranty\"?", "Three years.\n\n- Lamps\n- Phones"),
                ("保修多久？", "三年。"),
                ("Do you repair?", "Yes,\nwe do."),
            ]
        );
        assert!(haul.left_out.is_empty(), "{:?}", haul.left_out);
    }

    #[test]
    fn questions_in_the_text_are_found_however_they_fold() {
        let haul = of(r##"<!doctype html><body><nav><h2>Where to?</h2><a href="/">Home</a></nav>
<main><h1>Help centre</h1>
<details><summary><span>Can I  return
 it?</span></summary><p>Yes, see <a href="https://shop.example/returns">the rules</a> or <a href="#x">below</a>.</p></details>
<h3><button aria-expanded="false" aria-controls="p1">When do you open?</button></h3>
<div id="p1" hidden>From 9 to 5.</div>
<dl><dt>怎么退货？</dt><dd>在“我的订单”里申请。</dd></dl>
<div class="q"><h2>What does it cost?</h2></div><div class="a"><p>Nothing&nbsp;at all.</p><table><tr><td>Small</td><td>0</td></tr><tr><td>Big</td><td>0</td></tr></table></div>
<h2>Shipping</h2><p>We ship.</p>
<h3>How fast?</h3>
<h3>How far?</h3><p>Around the world.<style>p{}</style></p><h4>Islands</h4><p>Too.</p>
</main><footer><h2>Who are we?</h2><p>Us.</p></footer></body>"##)
        .unwrap();
        assert_eq!(
            pairs(&haul),
            [
                ("Can I return it?", "Yes, see the rules (https://shop.example/returns) or below."),
                ("When do you open?", "From 9 to 5."),
                ("怎么退货？", "在“我的订单”里申请。"),
                ("What does it cost?", "Nothing at all.\n\nSmall 0\nBig 0"),
                ("How far?", "Around the world.\n\nIslands\n\nToo."),
            ]
        );
        let told: Vec<(usize, &str)> =
            haul.left_out.iter().map(|left| (left.line, left.why.as_str())).collect();
        assert!(
            told.contains(&(9, "the heading “Shipping” does not read like a question")),
            "{told:?}"
        );
        assert!(told.contains(&(10, "nothing answers “How fast?”")), "{told:?}");
    }

    #[test]
    fn pages_without_questions_are_refused_and_broken_data_is_named() {
        let error = of("<h1>Welcome</h1><p>Hello.</p>").unwrap_err();
        assert!(error.contains("help.html: holds no question with an answer"), "{error}");
        let haul = of(
            "<p>\n<script type=\"application/ld+json\">{\"@type\": </script><h2>Why?</h2><p>So.</p>",
        );
        let haul = haul.unwrap();
        assert!(
            haul.left_out[0].to_string().contains("help.html:2: the JSON-LD cannot be read"),
            "{:?}",
            haul.left_out
        );
        assert_eq!(pairs(&haul), [("Why?", "So.")]);
        let twice = of("<h2>Why?</h2><p>So.</p>\n<h2>Why?</h2><p>Otherwise.</p>").unwrap();
        assert!(twice.left_out[0].why.contains("has another answer here"), "{:?}", twice.left_out);
    }
}
