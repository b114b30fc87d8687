//! Words that say how something is said and nothing of what it is about.

/// English stems, in alphabetical order.
const ENGLISH: [&str; 65] = [
    "a", "about", "all", "am", "an", "and", "any", "are", "as", "at", "be", "been", "but", "by",
    "can", "could", "did", "do", "doe", "for", "from", "had", "has", "have", "he", "her", "hi",
    "his", "i", "if", "in", "is", "it", "just", "me", "my", "no", "not", "of", "on", "one", "or",
    "our", "pleas", "she", "should", "so", "some", "that", "the", "their", "them", "then", "there",
    "they", "this", "to", "was", "we", "were", "will", "with", "would", "you", "your",
];

/// Chinese words that say nothing of what a question is about. They count for the order of the
/// entries, where they tell one way of asking from another, but not for what is known.
const CHINESE: [&str; 93] = [
    "一",
    "一下",
    "一个",
    "上",
    "下",
    "不",
    "不是",
    "与",
    "两",
    "个",
    "为什么",
    "之",
    "也",
    "了",
    "二",
    "什么",
    "什么时候",
    "今天",
    "从",
    "他",
    "他们",
    "们",
    "会",
    "你",
    "你们",
    "其",
    "几",
    "到",
    "又",
    "可不可以",
    "可以",
    "可以吗",
    "吗",
    "吧",
    "呀",
    "呢",
    "和",
    "咱们",
    "哦",
    "哪",
    "哪个",
    "哪里",
    "啊",
    "啦",
    "嗯",
    "嘛",
    "在",
    "地",
    "多少",
    "太",
    "她",
    "如何",
    "它",
    "对",
    "就",
    "很",
    "得",
    "怎么",
    "怎么办",
    "怎么样",
    "您",
    "想",
    "我",
    "我们",
    "把",
    "时候",
    "是",
    "是不是",
    "是什么",
    "有",
    "有没有",
    "没",
    "没有",
    "现在",
    "的",
    "着",
    "给",
    "能",
    "能不能",
    "被",
    "要",
    "让",
    "请",
    "请问",
    "跟",
    "过",
    "还",
    "这",
    "这个",
    "那",
    "那个",
    "都",
    "里",
];

/// Whether an English stem is a function word.
pub(super) fn is_english_function_word(stem: &str) -> bool {
    ENGLISH.binary_search(&stem).is_ok()
}

/// Whether a stem of either language is a function word.
pub fn is_function_word(stem: &str) -> bool {
    is_english_function_word(stem) || CHINESE.binary_search(&stem).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_found() {
        assert!(ENGLISH.is_sorted() && CHINESE.is_sorted());
        assert!(is_function_word("the") && is_function_word("的"));
        assert!(!is_function_word("parcel") && !is_function_word("包裹"));
    }
}
