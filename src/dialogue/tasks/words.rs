//! What customers say within a flow that is no answer to its question: yes, no, never mind, and that
//! something was wrong. Lists of whole messages and of beginnings, in both languages.

/// A message in narrow forms and lower case: full-width letters and digits become plain ones.
pub(super) fn narrow(text: &str) -> String {
    let narrowed = text.chars().map(|c| match c {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xff01 + u32::from('!')).unwrap_or(c)
        }
        '\u{3000}' => ' ',
        '’' => '\'',
        other => other,
    });
    narrowed.collect()
}

const YES: &str = "yes|yep|yeah|yup|y|sure|ok|okay|k|correct|right|that's right|thats right|that is right|\
    that's correct|exactly|go ahead|please do|do it|confirm|confirmed|i confirm|fine|perfect|looks good|\
    yes please|yes that's right|all correct|sounds good|of course|\
    是|是的|对|对的|对啊|好|好的|好啊|可以|可以的|行|行的|没错|确认|嗯|嗯嗯|没问题|确定|同意|办吧|\
    是是|就是这个|正确|没有问题|好吧|要的|對|對的|沒錯|確認|沒問題";
const NO: &str = "no|nope|nah|n|not quite|wrong|that's wrong|thats wrong|that is wrong|incorrect|not correct|\
    that's not right|not right|no that's wrong|something is wrong|change something|\
    不|不是|不对|不是的|错了|不正确|有误|不行|要改|修改|改一下|写错了|弄错了|填错了|不對|錯了";
const CANCEL: &str = "cancel|cancel it|cancel that|cancel this|please cancel|stop|stop it|stop this|quit|exit|abort|\
    never mind|nevermind|forget it|forget that|leave it|no thanks|no thank you|not now|later|\
    i changed my mind|changed my mind|i don't want this|don't bother|\
    算了|算了吧|取消|取消吧|不用了|不办了|不弄了|不要了|停|停止|退出|不需要了|先不弄了|还是算了|不查了|不改了|不退了|\
    先不办了|改主意了|取消操作|不用麻烦了|不辦了|算了不用了";
const SKIP: &str = "skip|skip it|skip this|none|no idea|don't know|i don't know|don't have one|n/a|\
    跳过|没有|不知道|不清楚|不记得|无|跳過|沒有";
/// Beginnings of a message that says that something was wrong, longer ones first.
const CORRECTIONS_BEGIN: &str = "no |no,|no.|nope|not |sorry|actually|wait|oops|i mean|i meant|that's wrong|wrong|\
    correction|rather|hold on|i made a mistake|my mistake|change |\
    不是|不对|错了|搞错|弄错|写错|打错|说错|抱歉|更正|等等|等一下|不,|不，|改成|改为|换成|应该是|我是说|不對|錯了";
/// Words anywhere in a message that say the same.
const CORRECTIONS: &str = " instead| should be | i meant | not the |change it to|change that to|make it |make that |\
    is wrong|was wrong|are wrong|other one|the other |改成|改为|换成|应该是|而是|写错了|弄错了|搞错了|不是这个|另一个|另外一个|\
    不对|错了|改到|換成|改為|應該是";
const OTHER: &str = "the other|other one|another one|different one|另一个|另外一个|另外那个|别的|另一单|另外一单|那一个|\
    另一張|别的订单|另一個";
/// Behind what a corrected value stands, the longest first.
const VALUE_BEHIND: &str = "应该改成|应该是|改成|改为|换成|改到|寄到|送到|而是|，是|,是|是：|是:|應該是|改為|換成|\
    change it to |change that to |change the address to |make that |make it | should be | i meant |i meant | it's |it's |\
    it is | is actually |instead of that ";
/// What stands before the value when the customer just says it right.
const SAID_BEFORE: &str = "不好意思|不是这个|不是的|抱歉|不是|不对|错了|等一下|等等|写错了|弄错了|更正|是|no|sorry|actually|\
    wait|oops|wrong|correction|i mean|i meant|it's|it is|that's wrong|that is wrong|please|rather|hold on";

fn listed(list: &str, word: &str) -> bool {
    list.split('|').any(|known| known == word)
}

/// The message without white space and punctuation around it, and without politeness behind it.
fn bare(text: &str) -> String {
    let text = narrow(text).to_lowercase();
    let is_edge = |c: char| c.is_whitespace() || "!.,;:~。，！；：、～…\"'“”?？".contains(c);
    let mut bare = text.trim_matches(is_edge);
    for behind in ["please", "thanks", "thank you", "pls", "谢谢", "吧", "了谢谢", "啦"] {
        let shorter = bare.strip_suffix(behind).map(|rest| rest.trim_end_matches(is_edge));
        bare = shorter.filter(|rest| !rest.is_empty()).unwrap_or(bare);
    }
    let words: Vec<&str> = bare
        .split(|c: char| c.is_whitespace() || ",，".contains(c))
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// Whether the whole message says yes.
pub(super) fn is_yes(text: &str) -> bool {
    let whole = bare(text);
    // "yes ok", 对 没错
    let mut words = whole.split(' ');
    let mut parts = text.split([',', '，']).map(bare).filter(|part| !part.is_empty());
    !whole.is_empty()
        && (listed(YES, &whole)
            || words.all(|word| listed(YES, word))
            || parts.all(|part| listed(YES, &part)))
}

/// Whether the whole message says no.
pub(super) fn is_no(text: &str) -> bool {
    listed(NO, &bare(text))
}

/// Whether the whole message says that the customer does not want it any more.
pub(super) fn cancels(text: &str) -> bool {
    listed(CANCEL, &bare(text))
}

/// Whether the whole message says that there is no answer.
pub(super) fn skips(text: &str) -> bool {
    listed(SKIP, &bare(text))
}

/// Whether the message says that something was wrong.
pub(super) fn corrects(text: &str) -> bool {
    let text = narrow(text).to_lowercase();
    let text = text.trim_start();
    let begins = CORRECTIONS_BEGIN.split('|').any(|word| text.starts_with(word.trim_start()));
    begins || CORRECTIONS.split('|').any(|word| text.contains(word)) || is_no(text)
}

/// Whether the message means another one than the one at hand.
pub(super) fn means_other(text: &str) -> bool {
    let text = narrow(text).to_lowercase();
    OTHER.split('|').any(|word| text.contains(word))
}

/// Whether the message mentions one of these words.
pub(super) fn mentions<'a>(text: &str, words: impl IntoIterator<Item = &'a str>) -> bool {
    let text = narrow(text).to_lowercase();
    words.into_iter().any(|word| {
        let word = word.to_lowercase();
        !word.is_empty() && has_word(&text, &word)
    })
}

/// Whether `word` stands in `text`, a Latin one not inside of another.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        let starts_inside = is_letter(before) && is_letter(found.chars().next());
        let ends_inside = is_letter(after) && is_letter(found.chars().next_back());
        !starts_inside && !ends_inside
    })
}

/// What a correcting message puts in place of a text: what stands behind "change it to", or behind
/// words that only say that something was wrong.
pub(super) fn corrected_text(text: &str) -> Option<&str> {
    // both have the same length in bytes as long as they are looked up in the original
    let lower = text.to_lowercase();
    if lower.len() == text.len() {
        let found =
            VALUE_BEHIND.split('|').filter_map(|word| lower.rfind(word).map(|at| at + word.len()));
        if let Some(rest) = found.max().and_then(|at| text.get(at..)) {
            return Some(trimmed(rest)).filter(|rest| !rest.is_empty());
        }
    }
    let rest = without_preface(text);
    (rest.len() < text.trim().len() && !rest.is_empty()).then_some(rest)
}

/// The message without "no, sorry," at its beginning.
pub(super) fn without_preface(text: &str) -> &str {
    let mut rest = trimmed(text);
    loop {
        let lower = rest.to_lowercase();
        let cut = SAID_BEFORE.split('|').find_map(|word| {
            let behind = lower.strip_prefix(word)?;
            let is_whole = !word.is_ascii()
                || behind.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '\'');
            (is_whole && lower.len() == rest.len()).then(|| rest.get(word.len()..)).flatten()
        });
        match cut {
            Some(behind) if !trimmed(behind).is_empty() => rest = trimmed(behind),
            _ => return rest,
        }
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ",.;:，。；：、".contains(c))
}

/// Whether the message has so many words that it says something.
pub(super) fn is_sentence(text: &str) -> bool {
    let han = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
    han >= 5 || text.split_whitespace().count() >= 4
}

/// Whether the message asks whether something is possible, and does not ask for it: "can I return
/// this?", 可以退货吗.
pub(super) fn asks_whether(text: &str) -> bool {
    let text = narrow(text).to_lowercase();
    if ["帮我", "帮忙", "给我", "麻烦"].iter().any(|word| text.contains(word)) {
        return false;
    }
    let begins = |part: &str| {
        let part = part.trim_start();
        let part = ["and ", "so ", "but ", "hi ", "hello ", "also "]
            .iter()
            .find_map(|before| part.strip_prefix(before))
            .unwrap_or(part);
        [
            "can i ",
            "could i ",
            "may i ",
            "can we ",
            "is it possible ",
            "am i allowed ",
            "am i able ",
        ]
        .iter()
        .any(|word| part.starts_with(word))
    };
    let end = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    text.split([',', '.', '!', ';', '\n']).any(begins)
        || ["可不可以", "能不能", "能否", "是否可以", "可否"].iter().any(|word| text.contains(word))
        || (end.ends_with(['吗', '嘛', '么']) && (text.contains("可以") || text.contains('能')))
}

/// Whether the message asks something.
pub(super) fn is_question(text: &str) -> bool {
    let text = narrow(text).to_lowercase();
    let text = text.trim();
    let asks = [
        "how ",
        "what ",
        "what's ",
        "when ",
        "where ",
        "why ",
        "which ",
        "who ",
        "do you ",
        "does ",
        "can i ",
        "can you ",
        "is it ",
        "is there ",
        "are you ",
        "are there ",
        "will ",
    ];
    text.ends_with(['?', '吗', '呢', '么'])
        || asks.iter().any(|word| text.starts_with(word))
        || ["多久", "怎么", "为什么", "什么时候", "几点", "多少钱"]
            .iter()
            .any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_messages_say_yes_no_and_never_mind() {
        for yes in [
            "Yes",
            "yes, please!",
            "OK",
            "ok thanks",
            "好的，谢谢",
            "对，没错",
            "是的。",
            "ＯＫ",
            "yeah, that's right",
        ] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in ["No.", "nope", "不对", "不是", "that's wrong"] {
            assert!(is_no(no) && !is_yes(no), "{no}");
        }
        for cancel in
            ["cancel", "Never mind.", "forget it, thanks", "算了", "不用了，谢谢", "还是算了吧"]
        {
            assert!(cancels(cancel), "{cancel}");
        }
        for other in [
            "cancel my order",
            "我要取消订单",
            "yes but the other one",
            "可以退货吗",
            "stop the parcel",
        ] {
            assert!(!cancels(other) && !is_yes(other) && !is_no(other), "{other}");
        }
    }

    #[test]
    fn corrections_are_heard_with_what_they_put_in_place() {
        for (text, value) in [
            ("不是这个，是北京市海淀区中关村大街1号", Some("北京市海淀区中关村大街1号")),
            ("地址改成上海市南京路5号", Some("上海市南京路5号")),
            ("No, sorry, 12 Baker Street, London", Some("12 Baker Street, London")),
            ("the address should be 5 High Road", Some("5 High Road")),
            ("actually make it 7 Long Lane.", Some("7 Long Lane")),
            ("no, the other order", Some("the other order")),
        ] {
            assert!(corrects(text), "{text}");
            assert_eq!(corrected_text(text), value, "{text}");
        }
        for plain in ["12 Baker Street", "北京市海淀区", "nothing", "notebook"] {
            assert!(!corrects(plain), "{plain}");
        }
        assert!(means_other("no, the other order") && means_other("不是，是另一个订单"));
    }

    #[test]
    fn whether_something_is_possible_is_no_wish_for_it() {
        for asks in [
            "can I return something?",
            "Hi, could I send it back",
            "可以退货吗？",
            "能不能退货",
            "还能换吗",
        ] {
            assert!(asks_whether(asks), "{asks}");
        }
        for other in [
            "I want to return it",
            "我要退货",
            "能帮我退货吗",
            "can you return it",
            "how can I return it",
        ] {
            assert!(!asks_whether(other), "{other}");
        }
    }

    #[test]
    fn a_word_is_not_a_part_of_another() {
        assert!(has_word("it is broken", "broken") && has_word("颜色不喜欢", "颜色"));
        assert!(!has_word("unbroken", "broken"));
    }

    proptest! {
        #[test]
        fn no_message_makes_them_fall_over(text in "\\PC{0,80}") {
            let _ = (is_yes(&text), is_no(&text), cancels(&text), skips(&text), corrects(&text));
            let _ = (means_other(&text), corrected_text(&text), is_question(&text));
            let _ = (without_preface(&text), has_word(&text, "a"));
        }
    }
}
