//! Dialogues with the flows of the sample shop, in both languages, read as in the server.

mod talk;

use std::time::Duration;

use proptest::prelude::*;

use crate::conversation::rehearse;
use crate::dialogue::State;
use crate::domain::{
    Action, CallEnd, EventBody, HandoffReason, MessageText, Outcome, TaskEnd, TextLimits,
};
use crate::replay::tasks::talk::{Talk, policy};

const SHIPPED: &[(&str, &str)] = &[
    ("status", "shipped"),
    ("item", "Halo 2"),
    ("carrier", "SF Express"),
    ("tracking", "SF1234567890123"),
    ("expected", "2026-12-04"),
];
const PACKING: &[(&str, &str)] = &[("status", "packing"), ("item", "Aria Over")];

#[test]
fn a_question_with_its_number_is_looked_up_at_once() {
    for (question, words) in [
        (
            "Where is my parcel? The order is LX-778120",
            "Order LX-778120 (Halo 2) is on its way to you.",
        ),
        ("我的快递到哪了？订单号LX-778120", "订单 LX-778120（Halo 2）目前已发货，正在配送。"),
    ] {
        let mut talk = Talk::begin();
        assert_eq!(talk.say(question).call(), Some("order-status"), "{question}");
        let done = talk.shop(CallEnd::Ok, SHIPPED);
        assert!(done.said().starts_with(words), "{}", done.said());
        assert!(done.said().contains("SF1234567890123"));
        assert_eq!(done.ended(), [("order-status", TaskEnd::Done)]);
        assert_eq!(talk.state().task, None);
    }
}

#[test]
fn a_wish_with_a_number_begins_the_flow_although_the_search_is_unsure() {
    for wish in ["I want to return order LX-778122", "我想退订单LX-778122"] {
        let mut talk = Talk::begin();
        talk.say(wish);
        let flow = talk.state().task.as_ref().map(|task| task.flow.as_str());
        assert_eq!((flow, talk.value("order")), (Some("return"), Some("LX-778122")), "{wish}");
    }
}

#[test]
fn without_a_number_the_answer_stays_and_the_flow_is_a_button_below_it() {
    let mut talk = Talk::begin();
    let done = talk.say("Where is my parcel?");
    let Some(Action::Say { outcome, entry, .. }) = done.0.first() else { panic!("{done:?}") };
    assert_eq!((*outcome, entry.as_deref()), (Outcome::Answered, Some("track-parcel")));
    assert_eq!(done.buttons(), ["task:begin:order-status"]);
    let done = talk.press("task:begin:order-status");
    assert!(done.said().starts_with("What's your order number?"), "{}", done.said());
    assert_eq!(talk.say("778120").call(), Some("order-status"), "a bare number is enough here");
}

#[test]
fn an_answer_that_does_not_fit_is_asked_for_again_and_then_a_person_comes() {
    let mut talk = Talk::begin();
    talk.press("task:begin:order-status");
    let done = talk.say("A-12");
    assert!(done.said().contains("“A-12” doesn't look like one"), "{}", done.said());
    assert_eq!(done.buttons(), ["task:cancel"]);
    talk.say("xyzzy plugh");
    let done = talk.say("blorp frotz");
    assert_eq!(done.handed(), Some(HandoffReason::NotUnderstood), "{done:?}");
    assert_eq!(done.ended(), [("order-status", TaskEnd::HandedOver)]);
}

#[test]
fn an_order_that_does_not_exist_is_asked_for_anew() {
    let mut talk = Talk::begin();
    talk.say("where is my order LX-999999");
    let done = talk.shop(CallEnd::Missing, &[]);
    assert!(done.said().starts_with("I can't find order LX-999999."), "{}", done.said());
    assert!(done.said().contains("What's your order number?"));
    assert_eq!(talk.asked(), Some("order"));
    assert_eq!(talk.say("LX-778120").call(), Some("order-status"));
}

#[test]
fn an_address_is_changed_with_a_correction_and_a_question_in_between() {
    let mut talk = Talk::begin();
    assert_eq!(talk.say("我想修改订单LX-778120的收货地址").call(), Some("order-status"));
    talk.shop(CallEnd::Ok, PACKING);
    assert_eq!(talk.asked(), Some("address"));
    // a question in between
    let done = talk.say("退货要自己付运费吗？");
    let said = done.said();
    assert!(said.contains("运费由我们承担") && said.contains("要寄到哪里"), "{said}");
    assert_eq!(talk.asked(), Some("address"));
    // the order was another one
    let done = talk.say("不是这个订单，是LX-778121");
    assert_eq!((done.call(), talk.value("order")), (Some("order-status"), Some("LX-778121")));
    talk.shop(CallEnd::Ok, PACKING);
    assert_eq!(talk.asked(), Some("address"));
    let done = talk.say("上海市浦东新区世纪大道100号");
    assert!(
        done.said().contains("订单 LX-778121 将寄到：\n上海市浦东新区世纪大道100号"),
        "{}",
        done.said()
    );
    assert_eq!(done.buttons(), ["task:yes", "task:no", "task:cancel"]);
    // and so was the address
    let done = talk.say("不对，地址改成北京市海淀区中关村大街1号");
    assert!(done.said().contains("北京市海淀区中关村大街1号"), "{}", done.said());
    assert_eq!(talk.say("对的").call(), Some("change-address"));
    let done = talk.shop(CallEnd::Ok, &[("new_address", "北京市海淀区中关村大街1号")]);
    assert!(done.said().starts_with("已修改"), "{}", done.said());
}

#[test]
fn what_is_to_be_changed_can_be_chosen() {
    let mut talk = Talk::begin();
    talk.say("please change the address of my order LX-778121");
    talk.shop(CallEnd::Ok, PACKING);
    talk.say("12 Baker Street, NW1 6XE London");
    let done = talk.say("no");
    assert_eq!(done.said(), "What should be changed?");
    assert_eq!(done.buttons(), ["task:fix:order", "task:fix:address", "task:cancel"]);
    talk.press("task:fix:address");
    assert_eq!((talk.asked(), talk.value("order")), (Some("address"), Some("LX-778121")));
    talk.say("5 High Road, London");
    assert_eq!(talk.press("task:yes").call(), Some("change-address"));
}

#[test]
fn the_other_order_is_the_one_that_was_named_before() {
    let mut talk = Talk::begin();
    talk.say("where is my order LX-778120");
    talk.shop(CallEnd::Ok, SHIPPED);
    talk.say("please change the address of my order LX-778121");
    talk.shop(CallEnd::Ok, PACKING);
    let done = talk.say("no, the other order");
    assert_eq!((done.call(), talk.value("order")), (Some("order-status"), Some("LX-778120")));
}

#[test]
fn several_things_are_taken_from_one_message_and_days_are_understood() {
    for (matter, rest, day, time) in [
        (
            "My lamp arrived broken twice and nobody answers",
            "call +44 20 7946 0018 next Friday at 3pm",
            "2026-12-11",
            "15:00",
        ),
        ("台灯坏了两次，每次都修不好", "13812345678，下周三下午", "2026-12-09", "12:00/18:00"),
    ] {
        let mut talk = Talk::begin();
        talk.press("task:begin:call-back");
        assert_eq!(talk.asked(), Some("matter"));
        talk.say(matter);
        assert_eq!(talk.asked(), Some("phone"), "{matter}");
        let done = talk.say(rest);
        assert_eq!(
            (talk.value("day"), talk.value("time")),
            (Some(day), Some(time)),
            "{}",
            done.said()
        );
        assert_eq!(talk.asked(), None, "everything is known: {}", done.said());
    }
}

#[test]
fn what_cannot_be_is_asked_for_again() {
    let mut talk = Talk::begin();
    talk.press("task:begin:call-back");
    talk.say("My lamp arrived broken twice");
    let done = talk.say("12345678");
    assert!(done.said().contains("isn't a number that we can call"), "{}", done.said());
    talk.say("+44 20 7946 0018");
    let done = talk.say("yesterday");
    assert!(done.said().contains("within the next 30 days"), "{}", done.said());
    talk.say("tomorrow");
    assert_eq!(talk.value("day"), Some("2026-12-01"));
}

#[test]
fn a_flow_can_be_given_up_in_both_languages() {
    for (begin, words) in [("Never mind", "All right, I'll leave it."), ("算了", "好的，已取消。")]
    {
        let mut talk = Talk::begin();
        talk.press("task:begin:return");
        let done = talk.say(begin);
        assert_eq!(done.ended(), [("return", TaskEnd::Cancelled)]);
        assert!(done.said() == words || begin == "算了", "{}", done.said());
        assert_eq!(talk.state().task, None);
    }
}

#[test]
fn a_choice_is_made_by_button_or_by_words() {
    let mut talk = Talk::begin();
    talk.press("task:begin:return");
    let done = talk.say("LX-778122");
    assert_eq!(done.buttons(), ["task:pick:unwanted", "task:pick:faulty", "task:pick:wrong"]);
    talk.say("it is broken");
    assert_eq!((talk.value("reason"), talk.asked()), (Some("faulty"), Some("wish")));
    let done = talk.press("task:pick:refund");
    assert!(done.said().contains("It's faulty or damaged") && done.said().contains("Money back"));
}

#[test]
fn another_flow_can_come_in_between() {
    let mut talk = Talk::begin();
    talk.press("task:begin:return");
    talk.say("LX-778122");
    assert_eq!(talk.say("where is my parcel LX-778120").call(), Some("order-status"));
    let done = talk.shop(CallEnd::Ok, SHIPPED);
    assert_eq!(done.ended(), [("order-status", TaskEnd::Done)]);
    assert!(done.said().contains("Back to: Start a return."), "{}", done.said());
    assert_eq!((talk.asked(), talk.value("order")), (Some("reason"), Some("LX-778122")));
}

#[test]
fn a_day_later_it_goes_on_and_after_a_week_it_is_over() {
    let mut talk = Talk::begin();
    talk.press("task:begin:return");
    talk.0.wait(Duration::from_hours(24));
    let done = talk.say("LX-778122");
    assert!(done.said().starts_with("Back to: Start a return."), "{}", done.said());
    assert_eq!(talk.asked(), Some("reason"));
    talk.0.wait(Duration::from_hours(8 * 24));
    let done = talk.say("thanks");
    assert_eq!(done.ended(), [("return", TaskEnd::Expired)]);
    assert_eq!(talk.state().task, None);
}

#[test]
fn when_the_call_fails_a_person_comes_and_knows_what_was_collected() {
    let mut talk = Talk::begin();
    talk.say("where is my order LX-778120");
    let done = talk.shop(CallEnd::Failed, &[]);
    assert_eq!(done.handed(), Some(HandoffReason::ActionFailed));
    assert_eq!(done.ended(), [("order-status", TaskEnd::HandedOver)]);
    let named = talk.state().memory.clone();
    assert!(serde_json::to_string(&named).unwrap().contains("LX-778120"));
    assert_eq!(talk.state().task, None);
}

#[test]
fn a_wish_for_a_person_comes_first_also_during_a_call() {
    let mut talk = Talk::begin();
    talk.press("task:begin:return");
    let done = talk.say("I want to talk to a human");
    assert_eq!(done.handed(), Some(HandoffReason::Requested));
    let mut talk = Talk::begin();
    talk.say("where is my order LX-778120");
    assert_eq!(talk.say("hello?").0, vec![], "what comes of the call is told first");
    let done = talk.say("I want to talk to a human");
    assert_eq!(done.handed(), Some(HandoffReason::Requested));
    assert_eq!(talk.shop(CallEnd::Ok, SHIPPED).0, vec![], "a person has it");
}

#[test]
fn what_is_written_during_a_call_is_answered_after_it() {
    let mut talk = Talk::begin();
    talk.say("where is my order LX-778120");
    talk.say("do you have student discounts?");
    talk.shop(CallEnd::Ok, SHIPPED);
    let open = talk.state().unanswered.as_ref().unwrap();
    assert_eq!(open.text.as_str(), "do you have student discounts?");
}

#[test]
fn an_optional_question_can_be_skipped() {
    let mut talk = Talk::begin();
    talk.press("task:begin:invoice");
    talk.say("LX-778120");
    talk.say("Ana Lima");
    assert_eq!(talk.asked(), Some("tax_id"));
    talk.say("skip");
    let done = talk.say("ana@mail.example");
    assert!(done.said().contains("tax number none"), "{}", done.said());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is said or pressed, in whatever order: every turn ends, nothing panics, and what is
    /// done once for a message is done again for the same one.
    #[test]
    fn no_talk_makes_it_fall_over_or_go_round(
        turns in proptest::collection::vec(
            prop_oneof![
                "\\PC{0,40}",
                Just("task:begin:return".to_owned()), Just("task:begin:change-address".to_owned()),
                Just("task:begin:invoice".to_owned()), Just("task:begin:call-back".to_owned()),
                Just("task:yes".to_owned()), Just("task:no".to_owned()), Just("task:cancel".to_owned()),
                Just("task:skip".to_owned()), Just("task:fix:order".to_owned()),
                Just("task:pick:faulty".to_owned()), Just("task:pick:..".to_owned()),
                Just("LX-778120".to_owned()), Just("LX-778121, +44 20 7946 0018".to_owned()),
                Just("不是这个，是LX-778122".to_owned()), Just("下周三下午".to_owned()),
                Just("no, the other order".to_owned()), Just("yes".to_owned()), Just("取消".to_owned()),
                Just("is delivery free?".to_owned()), Just("ana@mail.example".to_owned()),
            ],
            1..14,
        ),
        ends in proptest::collection::vec(0..5_usize, 14),
    ) {
        let all = [CallEnd::Ok, CallEnd::Missing, CallEnd::Refused, CallEnd::Failed, CallEnd::Unknown];
        let mut talk = Talk::begin();
        for (turn, end) in turns.iter().zip(ends) {
            if turn.trim().is_empty() {
                continue;
            }
            let choice = turn.starts_with("task:").then_some(turn.as_str());
            let before = talk.state().clone();
            let Ok(words) = MessageText::parse(turn, TextLimits::default()) else { continue };
            let said = EventBody::VisitorMessage {
                text: words.clone(),
                choice: choice.map(str::to_owned),
                attachments: vec![],
                language: None,
            };
            let (actions, reading) = talk.0.hear(&words, choice);
            let mut heard = before;
            rehearse::happen(&mut heard, talk.0.at, said);
            let message = crate::dialogue::Message { text: turn.as_str(), choice };
            prop_assert_eq!(&policy().decide(&heard, message, &reading), &actions);
            prop_assert!(actions.len() < 12, "{:?}", actions);
            if talk.state().call.is_some() {
                talk.shop(all[end], SHIPPED);
                prop_assert!(talk.state().call.is_none() || talk.state().task.is_some());
            }
            let kept: State = serde_json::from_slice(&serde_json::to_vec(talk.state()).unwrap()).unwrap();
            prop_assert_eq!(&kept, talk.state());
        }
    }
}
