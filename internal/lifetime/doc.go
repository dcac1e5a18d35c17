// Package lifetime tells which features of a layer are there on a day in the
// world, and in which stage of life: what is planned for 2030, what was being
// built in 2019.
//
// A feature records one status and up to four dates. They give its life; on
// every day the last mark at or before it holds:
//
//	   started        valid_from     planned_completion     valid_to
//	      │               │                   │                │
//	──────┼───────────────┼───────────────────┼────────────────┼──────► days
//	 not  │  under        │  the status       │  in_operation, │  not
//	there │  construction │  as recorded      │  so the plan   │ there
//
// Each status reads its dates in its own way. A dash is a day on which the
// feature is not there.
//
//	recorded            before valid_from        from valid_from on
//	──────────────────  ───────────────────────  ──────────────────────────────────
//	planned             under_construction from  planned; under_construction from
//	                    started on; before: –    started on; in_operation from
//	                                             planned_completion on
//	under_construction  the same                 under_construction; in_operation
//	                                             from planned_completion on
//	in_operation        the same                 in_operation
//	retired             the same                 retired
//	none, or another    –                        as recorded
//
// And everything ends: from valid_to on, whatever the status, –.
//
// What is not in the table:
//
//   - Without valid_from the right column holds on every day. One exception: of
//     what is under construction, started then is valid_from.
//   - A date counts in its column only if it lies in it: started before
//     valid_from belongs to the left one, and a planned_completion on or before
//     valid_from is a plan that the record has overtaken, so it says nothing.
//     A started that is later than planned_completion says nothing either.
//   - valid_to on or before the first day: the feature is there on no day.
//   - What is in operation ignores planned_completion and a later started: they
//     tell of an extension. What is retired may never have been finished, so
//     its planned_completion says nothing.
//   - A feature without any of the dates, as most of OpenStreetMap's, is there
//     on every day as recorded.
//
// planned_completion is a plan and no promise: on the days after it the answer
// says what was meant to be, also when the day has passed and the record still
// says under_construction. The record without any day asked for is the truth of
// today.
//
// # Several days
//
// Of several days (a Window), those features are there that are there on at
// least one of them, in the stage that they have on the last of the days on
// which they are there.
//
// # Cost
//
// What a layer's properties say is found once for a layer. A feature's answer is one pass over its
// tags: about 100 ns where it has eight properties and 200 ns where it has forty,
// no allocation, and nothing is kept for a feature.
package lifetime
