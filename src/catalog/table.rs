//! Writes values into TOML tables (crate `toml_edit`) so that whatever is not changed stays as it was
//! written: comments, order, quotes, line breaks.

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value};

use crate::catalog::ByLanguage;

/// A new list of more texts than this gets a line for each.
const IN_A_LINE: usize = 4;
/// A new list with more characters than this too.
const CHARACTERS_IN_A_LINE: usize = 100;

/// Sets a text, or removes it.
pub(super) fn set_text(table: &mut Table, key: &str, wanted: Option<&str>) {
    let wanted = wanted.filter(|text| !text.is_empty());
    let Some(wanted) = wanted else {
        table.remove(key);
        return;
    };
    set(table.entry(key).or_insert(Item::None), wanted);
}

/// Sets a text in both languages, or removes what is empty.
pub(super) fn set_texts(table: &mut Table, key: &str, wanted: &ByLanguage<String>) {
    for (language, text) in [("en", &wanted.en), ("zh", &wanted.zh)] {
        if text.is_empty() {
            forget(table, key, language);
        } else if let Some(item) = part(table, key, language) {
            set(item, text);
        }
    }
}

/// Sets a list in both languages, or removes what is empty.
pub(super) fn set_lists(table: &mut Table, key: &str, wanted: &ByLanguage<Vec<String>>) {
    for (language, list) in [("en", &wanted.en), ("zh", &wanted.zh)] {
        if list.is_empty() {
            forget(table, key, language);
        } else if let Some(item) = part(table, key, language) {
            set_items(item, list);
        }
    }
}

/// Sets a list, or removes it.
pub(super) fn set_list(table: &mut Table, key: &str, wanted: &[String]) {
    if wanted.is_empty() {
        table.remove(key);
    } else {
        set_items(table.entry(key).or_insert(Item::None), wanted);
    }
}

/// The value of a language, which is made where it is not there: `key.en = …`.
fn part<'a>(table: &'a mut Table, key: &str, language: &str) -> Option<&'a mut Item> {
    let of_key = table.entry(key).or_insert_with(|| {
        let mut dotted = Table::new();
        dotted.set_dotted(true);
        Item::Table(dotted)
    });
    let languages = of_key.as_table_like_mut()?;
    Some(languages.entry(language).or_insert(Item::None))
}

fn forget(table: &mut Table, key: &str, language: &str) {
    let Some(languages) = table.get_mut(key).and_then(Item::as_table_like_mut) else { return };
    languages.remove(language);
    if languages.is_empty() {
        table.remove(key);
    }
}

/// Puts a text in the place of another one, between the same spaces and comments.
fn set(item: &mut Item, wanted: &str) {
    if item.as_str().is_some_and(|text| same(text, wanted)) {
        return;
    }
    let mut value = Value::from(wanted);
    if let Some(old) = item.as_value() {
        *value.decor_mut() = old.decor().clone();
    }
    *item = Item::Value(value);
}

fn set_items(item: &mut Item, wanted: &[String]) {
    let is_array = item.as_array().is_some();
    if !is_array {
        *item = Item::Value(Value::Array(Array::new()));
    }
    if let Some(array) = item.as_array_mut() {
        rewrite(array, wanted);
    }
}

fn same(text: &str, wanted: &str) -> bool {
    text.trim().replace("\r\n", "\n") == wanted
}

fn prefix(value: &Value) -> String {
    let prefix = value.decor().prefix().and_then(|prefix| prefix.as_str());
    prefix.unwrap_or_default().to_owned()
}

/// What stands before a list's texts: nothing or a space, or a line break with an indent.
fn layout(array: &Array, wanted: &[String]) -> Option<String> {
    let breaks = array.iter().map(prefix).find(|prefix| prefix.contains('\n'));
    if let Some(prefix) = breaks {
        let (_, indent) = prefix.rsplit_once('\n')?;
        return Some(format!("\n{indent}"));
    }
    let characters: usize = wanted.iter().map(|text| text.chars().count()).sum();
    let is_long = wanted.len() > IN_A_LINE || characters > CHARACTERS_IN_A_LINE;
    (array.is_empty() && is_long).then(|| "\n  ".to_owned())
}

/// Makes a list say what is wanted. Texts that stay keep their quotes and comments; the comments of
/// those that go stand before the next one.
fn rewrite(array: &mut Array, wanted: &[String]) {
    let layout = layout(array, wanted);
    let was_empty = array.is_empty();
    let mut old: Vec<Option<Value>> = array.iter().cloned().map(Some).collect();
    let mut kept: Vec<Option<usize>> = Vec::new();
    let mut is_taken = vec![false; old.len()];
    for text in wanted {
        let fits = |(value, taken): (&Option<Value>, &bool)| {
            let said = value.as_ref().and_then(Value::as_str);
            !taken && said.is_some_and(|said| same(said, text))
        };
        let found = old.iter().zip(&is_taken).position(fits);
        if let Some(taken) = found.and_then(|at| is_taken.get_mut(at)) {
            *taken = true;
        }
        kept.push(found);
    }
    let left_over = carry_comments(&mut old, &is_taken);
    array.clear();
    for (text, found) in wanted.iter().zip(kept) {
        let is_first = array.is_empty();
        let stays = found.and_then(|at| old.get_mut(at)?.take());
        let is_new = stays.is_none();
        let mut value = stays.unwrap_or_else(|| Value::from(text.as_str()));
        if is_new || (layout.is_none() && prefix(&value).trim().is_empty()) {
            let before = layout.as_deref().unwrap_or(if is_first { "" } else { " " });
            value.decor_mut().set_prefix(before);
        }
        array.push_formatted(value);
    }
    if !left_over.is_empty() {
        let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
        let trailing = if trailing.contains('\n') { trailing } else { "\n".to_owned() };
        array.set_trailing(left_over + &trailing);
    }
    if was_empty && layout.is_some() {
        array.set_trailing_comma(true);
        array.set_trailing("\n");
    }
}

/// Puts the comments before texts that go before the next text that stays; what is left has none.
fn carry_comments(old: &mut [Option<Value>], is_taken: &[bool]) -> String {
    let mut carried = String::new();
    for (value, taken) in old.iter_mut().zip(is_taken) {
        let Some(value) = value else { continue };
        let before = prefix(value);
        if !taken {
            if before.contains('#') {
                carried.push_str(before.trim_end());
            }
        } else if !carried.is_empty() {
            let before = if before.contains('\n') { before } else { "\n  ".to_owned() };
            value.decor_mut().set_prefix(std::mem::take(&mut carried) + &before);
        }
    }
    carried
}

/// The tables of a kind, where they are written as `[[kind]]`; made where there are none.
pub(super) fn tables<'a>(
    document: &'a mut DocumentMut,
    kind: &str,
) -> Option<&'a mut ArrayOfTables> {
    let item = document.entry(kind).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut()
}

/// Removes a table. Comments of the table go with it; what stands above them, set off by an empty
/// line or at the top of the file, stays.
pub(super) fn remove(document: &mut DocumentMut, kind: &str, at: usize) {
    let Some(tables) = tables(document, kind) else { return };
    let table = tables.remove(at);
    let is_last = tables.is_empty();
    if is_last {
        document.remove(kind);
    }
    let before = table.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default();
    let position = table.position().unwrap_or(isize::MAX);
    let mut positions = Vec::new();
    headers(document.as_table(), &mut positions);
    let is_top = positions.iter().all(|other| *other > position);
    let kept = match before.rfind("\n\n") {
        Some(end) => before.get(..end + 2).unwrap_or_default(),
        None if is_top => before,
        None => "",
    };
    if !kept.contains('#') {
        return;
    }
    if let Some(next) = positions.into_iter().filter(|other| *other > position).min() {
        put_before(document.as_table_mut(), next, kept);
    } else {
        let rest = document.trailing().as_str().unwrap_or_default().to_owned();
        document.set_trailing(kept.to_owned() + &rest);
    }
}

/// The positions of everything that has a header of its own.
fn headers(table: &Table, positions: &mut Vec<isize>) {
    for (_, item) in table {
        let inner: Vec<&Table> = match item {
            Item::Table(table) => vec![table],
            Item::ArrayOfTables(tables) => tables.iter().collect(),
            _ => vec![],
        };
        for table in inner {
            if !table.is_dotted() && !table.is_implicit() {
                positions.extend(table.position());
            }
            headers(table, positions);
        }
    }
}

fn put_before(table: &mut Table, position: isize, text: &str) -> bool {
    for (_, item) in table.iter_mut() {
        let inner: Vec<&mut Table> = match item {
            Item::Table(table) => vec![table],
            Item::ArrayOfTables(tables) => tables.iter_mut().collect(),
            _ => vec![],
        };
        for table in inner {
            let has_header = !table.is_dotted() && !table.is_implicit();
            if has_header && table.position() == Some(position) {
                let before = table.decor().prefix().and_then(|prefix| prefix.as_str());
                let before = before.unwrap_or("\n").trim_start_matches('\n').to_owned();
                table.decor_mut().set_prefix(text.to_owned() + &before);
                return true;
            }
            if put_before(table, position, text) {
                return true;
            }
        }
    }
    false
}
