"""Which test shows what, row by row: each action and request, each reason to go up, each guard of the ladder.

A row of the rules' tables without a line here fails, and so does a line that names no test. `does` is what happens,
`refused` when it does not; `-` is a refusal that there is none of, beside those of the status, which
`tests/cases/test_table.py` walks, and of who may, which is in `tests/cases/test_who_may.py`.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from cases.ladder import ROUTES
from cases.table import TABLE

HERE = Path(__file__).parent

ACTIONS: dict[str, tuple[str, str]] = {
    "message": (
        "a_message_on_a_closed_case_reopens_it a_message_on_a_resolved_case_holds_the_confirmation "
        "the_next_answer_is_owed_from_the_first_unanswered_message anything_the_customer_says_ends_the_waiting",
        "a_message_on_an_archived_case_is_refused_and_a_case_that_follows_is_offered",
    ),
    "ask_for_manager": (
        "a_customer_who_asks_once_is_first_answered customer_who_insists_reaches_a_supervisor "
        "a_customer_who_gets_no_answer_reaches_a_supervisor",
        "no_agent_speaks_for_the_customer",
    ),
    "choose_contact": (
        "a_customer_who_wants_a_call_now_gets_it_as_soon_as_the_policy_says "
        "a_customer_may_choose_the_time_of_the_call_and_change_it",
        "the_time_of_a_call_lies_ahead a_policy_without_callbacks_offers_none "
        "a_customer_chooses_only_what_the_pathway_offers in_writing_only_nobody_chooses_or_promises_a_call",
    ),
    "change_channel": (
        "owner_offer_priority_and_what_was_promised_come_along what_follows_goes_out_on_the_new_channel "
        "deadlines_become_those_of_the_new_channel_counted_from_their_start",
        "nobody_changes_to_the_channel_that_they_are_on no_agent_chooses_the_customers_channel",
    ),
    "accept_resolution": (
        "an_accepted_resolution_closes_the_case the_customers_score_and_comment_are_kept",
        "nobody_answers_a_resolution_that_was_not_given",
    ),
    "reject_resolution": (
        "a_rejection_resumes_the_clocks_with_the_gap_excluded a_rejected_resolution_goes_up_without_any_attempt",
        "nobody_answers_a_resolution_that_was_not_given",
    ),
    "ask_review": (
        "the_customer_can_ask_for_a_review_which_is_due_when_the_policy_says",
        "a_review_is_asked_for_once_for_each_restriction without_a_restriction_there_is_nothing_to_review",
    ),
    "withdraw": (
        "a_customer_may_take_the_complaint_back a_withdrawn_complaint_leaves_nothing_owed",
        "a_closed_complaint_cannot_be_withdrawn",
    ),
    "claim": (
        "who_claims_owns_the_case_at_their_rung claiming_ends_the_acknowledge_clock "
        "a_higher_rung_of_the_line_may_claim_what_is_offered_to_somebody",
        "what_is_offered_to_somebody_else_cannot_be_claimed_by_a_peer an_offer_for_a_skill_takes_that_skill "
        "a_lower_rung_may_not_claim_what_is_offered_above_it the_second_to_claim_is_told_who_was_first",
    ),
    "decline": (
        "a_declined_case_is_offered_on_to_somebody_else all_who_have_declined_are_never_asked_again",
        "nobody_declines_what_is_not_offered nobody_declines_what_is_offered_to_somebody_else",
    ),
    "assign": (
        "a_supervisor_assigns_to_somebody_the_directory_knows a_case_can_be_assigned_to_another_team",
        "an_agent_cannot_assign somebody_of_another_rung_cannot_be_assigned "
        "somebody_of_another_team_cannot_be_assigned somebody_without_the_skill_asked_for_cannot_be_assigned",
    ),
    "transfer": (
        "a_transfer_leaves_the_owner_until_it_is_claimed a_claimed_transfer_has_a_new_owner "
        "a_transfer_to_a_team_is_offered_at_the_same_rung_and_the_owner_stays_until_then "
        "a_transfer_by_skill_asks_the_directory_for_it_and_not_for_the_owner",
        "only_the_owner_or_somebody_above_transfers nobody_transfers_to_another_rung nobody_transfers_to_themself",
    ),
    "reply": (
        "a_reply_keeps_the_promise_of_an_answer a_reply_may_promise_the_next_update_and_keeps_the_one_before "
        "a_letter_satisfies_every_stage_that_names_it while_the_customer_is_waited_for_it_is_their_move",
        "nobody_replies_on_a_closed_case_that_owes_no_letter a_closed_case_takes_no_other_words "
        "an_update_in_a_reply_lies_in_the_future a_letter_without_a_regime_is_refused",
    ),
    "note": (
        "a_note_is_no_answer what_colleagues_note_is_not_what_was_said",
        "no_note_is_added_to_an_archived_case a_customer_cannot_leave_a_note",
    ),
    "attempt": (
        "the_brief_has_what_was_tried an_attempt_keeps_a_callback_and_no_update "
        "what_is_tried_long_before_the_chosen_time_is_not_the_call",
        "no_attempt_is_recorded_on_a_closed_case",
    ),
    "redirect": (
        "the_answer_reaches_the_customer an_answer_in_time_keeps_the_case_where_it_is",
        "nobody_redirects_who_was_not_asked nobody_redirects_twice",
    ),
    "wait_for_customer": (
        "waiting_pauses_the_pausable_clocks waiting_pauses_no_clock_that_is_not_pausable",
        "nobody_waits_for_an_answer_to_nothing nobody_waits_twice",
    ),
    "resume": ("the_owner_may_stop_waiting the_time_waited_does_not_count", "nobody_resumes_what_does_not_wait"),
    "hold": (
        "holds_are_counted_and_summed a_hold_pauses_nothing",
        "nobody_is_on_hold_who_writes the_policy_decides_which_channels_are_live nobody_is_put_on_hold_twice",
    ),
    "unhold": (
        "between_two_holds_only_the_clock_of_the_holds_stands",
        "nobody_is_taken_back_who_is_not_on_hold",
    ),
    "promise": (
        "a_promise_is_a_clock_that_is_due_then_and_the_customer_has_it_in_writing",
        "a_promise_lies_in_the_future only_so_much_can_be_promised_at_once",
    ),
    "warn": (
        "the_first_warning_and_the_second_go_to_the_customer_in_words_of_their_own",
        "a_second_warning_before_the_first_is_refused there_is_no_third_warning_but_what_follows_is_named",
    ),
    "report_threat": (
        "a_threat_goes_to_a_manager_at_once_without_a_warning_or_an_attempt "
        "a_threat_to_a_manager_is_an_alert_and_no_offer a_peer_who_took_the_call_reports_a_threat",
        "no_one_of_another_line_reports_a_threat",
    ),
    "decide_safety": (
        "what_a_manager_decided_is_recorded_and_nothing_awaits_a_decision "
        "contact_that_goes_on_needs_no_manager_to_take_the_case_up",
        "below_a_manager_nobody_decides_on_safety without_a_threat_there_is_nothing_to_decide",
    ),
    "end_contact": (
        "after_two_warnings_the_contact_can_be_ended_and_the_manager_hears_before_the_customer",
        "contact_is_not_ended_before_two_warnings",
    ),
    "restrict_contact": (
        "a_restriction_is_told_to_the_customer_and_the_owner_and_has_a_date "
        "the_date_of_the_review_comes_back_to_the_managers_before_and_when_it_is_due",
        "below_a_manager_nobody_restricts_contact a_review_lies_ahead_and_within_a_year",
    ),
    "escalate": (
        "with_an_attempt_on_record_the_owner_may_escalate",
        "escalating_takes_an_attempt_on_record nobody_at_the_top_can_escalate "
        "nobody_escalates_twice_within_the_cool_down nobody_escalates_what_is_offered_up_already",
    ),
    "de_escalate": (
        "a_case_goes_back_down_to_who_had_it_there an_offer_up_can_be_sent_back_by_whom_it_reaches",
        "an_offer_up_cannot_be_taken_back_by_whoever_sent_it nothing_goes_below_the_lowest_rung_of_the_case",
    ),
    "hand_off": (
        "a_question_starts_a_hand_off_and_the_owner_stays several_teams_work_on_questions_at_once",
        "the_same_team_does_not_get_the_same_question_twice ten_questions_may_be_open_at_once",
    ),
    "answer_back": (
        "answering_back_reaches_the_hand_off_and_the_specialist",
        "a_hand_off_that_is_not_of_this_case_is_refused_with_those_that_are",
    ),
    "cancel_hand_off": (
        "a_question_can_be_called_off_once",
        "a_hand_off_that_is_not_of_this_case_is_refused_with_those_that_are",
    ),
    "decide_suggestion": (
        "the_owner_confirms_or_dismisses a_confirmed_wish_for_a_manager_is_owed_an_answer",
        "nothing_is_decided_where_nothing_is_suggested somebody_else_does_not_decide",
    ),
    "propose_remedy": (
        "what_is_within_the_proposers_authority_is_granted_at_once an_apology_costs_nothing_and_is_anybodys_to_make "
        "approval_is_asked_of_the_lowest_rung_whose_authority_covers_it",
        "an_equal_one_is_not_proposed_while_one_waits "
        "a_customer_gets_no_more_than_the_policy_allows_other_cases_counted",
    ),
    "decide_remedy": (
        "somebody_else_whose_authority_covers_it_grants_it_and_it_is_paid "
        "a_rejection_is_told_to_the_customer_with_its_reason",
        "nobody_decides_beyond_their_authority nobody_decides_on_their_own_proposal",
    ),
    "set_priority": ("the_new_target_counts_from_the_start_and_pauses_stay_out", "the_same_priority_is_refused"),
    "recategorise": (
        "a_case_is_planned_again_by_the_policy_that_it_is_pinned_to",
        "the_same_category_is_refused a_category_must_say_something",
    ),
    "owner_unavailable": (
        "it_is_offered_to_somebody_else_of_the_rung_and_the_customer_is_told",
        "word_of_who_no_longer_has_it_is_refused people_and_customers_do_not_say_it",
    ),
    "resend": (
        "a_decision_stands_on_the_timeline_with_who_and_why",
        "only_operators_decide_and_only_about_messages_of_the_case",
    ),
    "give_up": (
        "a_decision_stands_on_the_timeline_with_who_and_why",
        "only_operators_decide_and_only_about_messages_of_the_case",
    ),
    "correct": ("what_has_run_stays_and_the_new_calendar_counts_from_now", "only_an_operator_corrects"),
    "resolve": (
        "the_customer_gets_the_resolution_and_is_asked_to_confirm "
        "the_rep_who_escalated_is_told_whether_it_was_right_and_what_to_learn "
        "unless_it_is_said_why_that_does_not_matter",
        "a_case_is_not_resolved_while_a_decision_is_awaited resolving_waits_for_the_answer_unless_the_reason_is_given",
    ),
    "reopen": (
        "an_owner_who_reopens_keeps_the_case within_the_window_it_is_live",
        "an_archived_case_is_too_late_to_reopen_and_a_case_that_follows_is_offered nothing_is_reopened_that_is_open",
    ),
    "close": (
        "a_manager_may_close_with_a_reason a_duplicate_is_closed_as_one_and_names_the_other_case",
        "below_manager_nobody_closes a_case_is_not_its_own_duplicate",
    ),
}
REASONS: dict[str, str] = {
    "opened": "a_planned_case_is_offered_to_the_person_that_planning_chose",
    "assigned": "a_supervisor_assigns_to_somebody_the_directory_knows",
    "transferred": "an_ignored_transfer_returns_to_its_owner",
    "de_escalated": "an_ignored_offer_down_returns_to_its_owner",
    "recategorised": "another_team_is_offered_the_case_and_the_owner_stays_until_it_claims",
    "asked_for_manager": "customer_who_insists_reaches_a_supervisor a_customer_who_gets_no_answer_reaches_a_supervisor",
    "no_authority": "approval_is_asked_of_the_lowest_rung_whose_authority_covers_it "
    "the_owner_stays_and_nothing_is_offered",
    "beyond_skill": "a_transfer_by_skill_says_that_it_is_beyond_its_owners "
    "what_is_no_reason_to_go_up_is_refused_with_what_to_do_instead a_question_starts_a_hand_off_and_the_owner_stays",
    "no_common_ground": "escalating_takes_an_attempt_on_record with_an_attempt_on_record_the_owner_may_escalate",
    "attempts_failed": "escalating_takes_an_attempt_on_record with_an_attempt_on_record_the_owner_may_escalate",
    "irate": "escalating_takes_an_attempt_on_record with_an_attempt_on_record_the_owner_may_escalate",
    "resolution_rejected": "a_rejected_resolution_goes_up_without_any_attempt",
    "reopened": "the_second_reopening_goes_up a_reopened_case_waits_in_the_queue_for_its_last_owner",
    "abuse": "after_two_warnings_abuse_goes_to_a_manager_over_the_supervisor abuse_is_no_reason_before_two_warnings "
    "the_manager_is_briefed_before_the_case_is_offered_and_before_the_customer_hears",
    "threat": "a_threat_goes_to_a_manager_at_once_without_a_warning_or_an_attempt",
    "clock_breached": "a_broken_promise_goes_up_while_the_owner_keeps_the_case "
    "a_policy_may_answer_a_broken_promise_with_an_alert_only a_policy_may_answer_a_broken_promise_by_offering_beside",
    "not_acknowledged": "an_ignored_offer_goes_once_to_another_of_the_same_rung an_offer_ignored_beside_too_goes_up",
    "owner_unavailable": "the_case_of_somebody_who_is_away_is_offered_beside_but_not_to_them "
    "what_nobody_takes_from_somebody_who_is_away_goes_once_more_beside_and_then_up",
    "bot_failed": "the_bot_hands_over_with_its_transcript the_bot_hands_over_nothing_without_its_transcript",
    "asked_for_human": "the_bot_hands_over_with_its_transcript",
    "held_too_long": "who_is_held_too_long_is_first_alerted_about_and_then_goes_up",
    "handled_too_long": "who_has_it_too_long_is_first_alerted_and_then_it_goes_up",
    "promise_broken": "a_broken_promise_climbs_and_the_customer_is_told",
    "needs_attention": "what_needs_attention_starts_higher_and_says_so "
    "nobody_sends_a_case_up_for_attention_that_nothing_suggests",
}
GUARDS: dict[str, str] = {
    "one rung at a time unless the policy allows more": "no_offer_skips_a_rung_however_late_things_are_handled "
    "a_policy_may_send_a_reason_straight_further_up all_other_reasons_climb_one_rung_at_a_time",
    "a cool-down between voluntary escalations": "nobody_escalates_twice_within_the_cool_down",
    "the top repeats its alert and never loops": "the_top_rung_is_alerted_again_at_each_interval_until_somebody_acts",
    "two reasons at one instant make one offer": "two_reasons_at_one_instant_make_one_offer_that_names_both",
    "a higher offer replaces": "an_offer_to_a_higher_rung_replaces_the_open_one_and_keeps_its_reasons",
    "one to the same rung or lower joins": "an_offer_to_the_same_rung_joins_the_open_one "
    "an_offer_already_above_the_next_rung_is_joined",
    "an ignored transfer returns": "an_ignored_transfer_returns_to_its_owner",
    "names the reason": "an_escalation_names_its_reason_on_the_timeline",
    "tells the customer why, and by when": "an_escalation_tells_the_customer_why "
    "an_escalation_tells_the_customer_by_when_somebody_has_it_or_it_goes_further",
    "lets them choose a call": "an_escalation_lets_the_customer_choose_a_call_where_the_policy_offers_one",
    "gives the brief": "an_escalation_gives_the_next_owner_the_brief",
    "starts the offer's clock": "an_escalation_starts_the_offers_acknowledge_clock",
    "leaves every other clock running": "an_escalation_leaves_every_other_clock_running",
    "the old owner may still reply": "until_somebody_claims_the_old_owner_may_still_reply",
    "silence is never acceptance": "silence_closes_as_unconfirmed_and_never_as_accepted silence_satisfies_no_stage",
    "one reminder": "a_silent_customer_is_reminded_once",
    "two at once": "of_two_who_do_the_same_at_once_one_wins_and_the_other_changes_nothing "
    "whoever_was_second_hears_who_was_first",
    "three times the same": "the_same_event_sent_three_times_acts_once",
    "the table is total": "each_kind_of_event_is_taken_or_refused_by_name_in_each_status",
}

NAMED = [
    *(f"{does} {refused}" for does, refused in ACTIONS.values()),
    *REASONS.values(),
    *GUARDS.values(),
]


@cache
def known() -> set[str]:
    """The names of all tests of the rules."""
    pages = (path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    return {name for page in pages for name in re.findall(r"^def test_(\w+)", page, re.MULTILINE)}


@pytest.mark.parametrize("named", NAMED)
def test_what_is_named_is_a_test(named: str) -> None:
    assert {*named.split()} - {"-"} <= known()


def test_every_action_and_request_has_a_test_for_what_it_does_and_for_its_refusal() -> None:
    assert set(ACTIONS) == {kind for kind, row in TABLE.items() if row.who}


def test_every_reason_to_go_up_has_a_test() -> None:
    assert set(REASONS) == set(ROUTES)
