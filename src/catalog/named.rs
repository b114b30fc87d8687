//! What messages may name: products, and whatever the operator has a pattern for.

use crate::catalog::file::{EntityTable, ProductTable};
use crate::catalog::load::Loader;
use crate::catalog::mistakes::Collector;
use crate::catalog::pattern::compiled;
use crate::catalog::{EntityPattern, Product};

/// Most characters of a product's name.
const LONGEST_NAME: usize = 40;

impl Loader {
    /// Takes a product; a name that belongs to another product is a mistake.
    pub(super) fn product(&mut self, table: ProductTable, notes: &mut Collector<'_>) {
        let id = self.define("product", &table.id, notes);
        let mut names = Vec::new();
        for name in std::iter::once(table.name).chain(table.synonyms) {
            let at = name.span().start;
            if name.as_ref().chars().count() > LONGEST_NAME {
                let message = format!("a product's name has {LONGEST_NAME} characters at most");
                notes.note(at, message);
            } else if !name.as_ref().chars().any(char::is_alphanumeric) {
                notes.note(at, "a product's name needs a letter or a digit");
            } else {
                names.extend(self.example("product", &id, &name, notes));
            }
        }
        self.catalog.products.push(Product { id, names });
    }

    /// Takes a pattern for entities.
    pub(super) fn entity(&mut self, table: &EntityTable, notes: &mut Collector<'_>) {
        let name = self.define("entity", &table.name, notes);
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !name.bytes().all(is_plain) {
            let message = format!("the name `{name}` may have a to z, 0 to 9 and _ only");
            notes.note(table.name.span().start, message);
        }
        let Some(regex) = compiled(&table.pattern, false, notes) else { return };
        if regex.is_match("") {
            return notes.note(table.pattern.span().start, "the pattern matches the empty text");
        }
        self.catalog.patterns.push(EntityPattern { name, regex });
    }
}

#[cfg(test)]
mod tests {

    use crate::catalog::Catalog;

    const REPLIES: &str = include_str!("../../intents/replies.toml");

    fn load(text: &str) -> Result<Catalog, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), text).unwrap();
        std::fs::write(folder.path().join("replies.toml"), REPLIES).unwrap();
        Catalog::load(folder.path()).map_err(|mistakes| {
            let told = |mistake: &crate::catalog::Mistake| {
                let name = mistake.file.file_name().unwrap().to_string_lossy().into_owned();
                format!("{name}:{}: {}", mistake.line, mistake.message)
            };
            mistakes.0.iter().map(told).collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn products_and_patterns_are_read() {
        let text = "[[product]]\nid = \"halo\"\nname = \"Halo 2\"\nsynonyms = [\"光环台灯\"]\n\
            [[entity]]\nname = \"member\"\npattern = 'M\\d{8}'";
        let catalog = load(text).unwrap();
        assert_eq!(catalog.products[0].names, ["Halo 2", "光环台灯"]);
        assert_eq!(catalog.patterns[0].name, "member");
        assert!(!catalog.patterns[0].regex.is_match("m12345678"), "the case counts");
    }

    #[test]
    fn tens_of_thousands_of_classes_are_one_mistake() {
        let kinds = [
            ("category", "[[category]]\nname = \"n{}\"\n", 2_002),
            ("intent", "[[intent]]\nname='n{}'\nentry='e'\nexamples.en=['x{}']\n", 4_007),
        ];
        for (kind, table, line) in kinds {
            let entry = "[[faq]]\nid='e'\nquestion.en='q'\nanswer.en='a'\n\n";
            let entry = if kind == "intent" { entry } else { "" };
            let tables = (0..30_000).map(|n| table.replace("{}", &n.to_string()));
            let told = load(&(entry.to_owned() + &tables.collect::<String>())).unwrap_err();
            let expected = format!("a.toml:{line}: {kind} `n1000` is one too many: 1000 at most");
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn mistakes_name_file_and_line() {
        let entity = |pattern: &str| format!("[[entity]]\nname = \"x\"\npattern = '{pattern}'\n");
        let product = |id: &str, name: &str| format!("[[product]]\nid='{id}'\nname='{name}'\n");
        for (text, expected) in [
            (entity("(a"), "a.toml:3: the pattern cannot be used: unclosed group"),
            (entity("x*"), "a.toml:3: the pattern matches the empty text"),
            (
                entity(r"(\w{100}){100}"),
                "a.toml:3: the pattern is too large: 1048576 bytes at most when compiled",
            ),
            (
                entity("a").replace("\"x\"", "\"X y\""),
                "a.toml:2: the name `X y` may have a to z, 0 to 9 and _ only",
            ),
            (
                product("a", "Halo") + &product("b", "halo"),
                "a.toml:6: `halo` stands for product `a` at ",
            ),
            (product("a", "!!"), "a.toml:3: a product's name needs a letter or a digit"),
            (product("a", &"x".repeat(41)), "a.toml:3: a product's name has 40 characters at most"),
            (product("a", "Halo") + &product("a", "Aria"), "a.toml:5: product `a` "),
        ] {
            let told = load(&text).unwrap_err();
            assert!(told.starts_with(expected), "{text}\ngives: {told}");
        }
    }
}
