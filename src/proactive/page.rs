//! Patterns of pages: `*` stands for anything within one part of a path, `**` for anything.

/// Longest pattern.
const CHARS: usize = 200;
/// Longest path that is looked at.
const PATH_CHARS: usize = 2_000;

/// Whether a text can be a pattern.
pub(super) fn is_pattern(text: &str) -> bool {
    let length = text.chars().count();
    let is_fine = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '?' | '#');
    text.starts_with('/') && length <= CHARS && text.chars().all(is_fine)
}

/// Whether a path is one of the pattern's. A slash at the end of either makes no difference.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    if path.len() > PATH_CHARS {
        return false;
    }
    let bare = |text: &str| match text.trim_end_matches('/') {
        "" => "/".to_owned(),
        bare => bare.to_owned(),
    };
    let pattern: Vec<char> = bare(pattern).chars().collect();
    let path: Vec<char> = bare(path).chars().collect();
    fits(&pattern, &path)
}

/// Row by row: `row[i]` says whether the pattern so far fits the first `i` characters of the path. So
/// no pattern takes longer than its length times that of the path.
fn fits(pattern: &[char], path: &[char]) -> bool {
    let mut row = vec![false; path.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    let mut rest = pattern;
    while let Some((c, after)) = rest.split_first() {
        let is_deep = *c == '*' && after.first() == Some(&'*');
        let next = match c {
            '*' => after_star(&row, path, is_deep),
            c => after_char(&row, path, *c),
        };
        rest = if is_deep { after.get(1..).unwrap_or_default() } else { after };
        row = next;
    }
    row.last() == Some(&true)
}

fn after_star(row: &[bool], path: &[char], is_deep: bool) -> Vec<bool> {
    let mut reached = false;
    let before = std::iter::once(None).chain(path.iter().map(Some));
    let next = row.iter().zip(before).map(|(fits, c)| {
        reached = *fits || (reached && c.is_some_and(|c| is_deep || *c != '/'));
        reached
    });
    next.collect()
}

fn after_char(row: &[bool], path: &[char], wanted: char) -> Vec<bool> {
    let moved = row.iter().zip(path).map(|(fits, c)| *fits && *c == wanted);
    std::iter::once(false).chain(moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_the_pages_that_they_name() {
        let cases = [
            ("/", "/", true),
            ("/", "/cart", false),
            ("/cart", "/cart/", true),
            ("/cart/", "/cart", true),
            ("/cart", "/cart/pay", false),
            ("/cart*", "/cart-2", true),
            ("/cart*", "/cart/pay", false),
            ("/products/*", "/products/kettle", true),
            ("/products/*", "/products/kettle/reviews", false),
            ("/products/**", "/products/kettle/reviews", true),
            ("/**", "/", true),
            ("/**", "/any/thing", true),
            ("/*/reviews", "/kettle/reviews", true),
            ("/**/reviews", "/products/kettle/reviews", true),
            ("/商品/*", "/商品/水壶", true),
            ("/a*b*c", "/aXbYc", true),
            ("/a*b*c", "/aXbY", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
        let (stars, long) = (format!("/{}", "*a".repeat(99)), format!("/{}", "a".repeat(1_999)));
        assert!(matches(&stars, &long), "and this is not slow");
    }

    #[test]
    fn what_is_no_path_is_no_pattern() {
        for text in ["/", "/**", "/商品/*"] {
            assert!(is_pattern(text), "{text}");
        }
        let long = format!("/{}", "x".repeat(200));
        for text in ["", "cart", "https://shop.example/", "/a b", "/a?b=1", "/a#b", &long] {
            assert!(!is_pattern(text), "{text}");
        }
    }
}
