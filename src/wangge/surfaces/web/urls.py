"""The addresses of the pages; who may open each stands under its name in ``access.csv``."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from wangge.surfaces.web import entrance, ground_views, messages_views
from wangge.surfaces.web.administration import (
    audit_views,
    people_views,
    permission_views,
    person_views,
    rule_views,
)
from wangge.surfaces.web.assessment import appeals_views as appeals
from wangge.surfaces.web.assessment import bulletin_views as bulletins
from wangge.surfaces.web.assessment import checks_views as checks
from wangge.surfaces.web.assessment import grid_views as grids
from wangge.surfaces.web.assessment import signs_views as signs
from wangge.surfaces.web.assessment import views as assessment
from wangge.surfaces.web.assessment import what_if_views as what_if
from wangge.surfaces.web.command import (
    call_back_views,
    case_files,
    duty_views,
    exports,
    handover_views,
    in_hand_views,
    kept_views,
    map_views,
    moving,
    nearby,
    photos,
    pulse,
    reclassing,
    reporting,
    suggesting,
    telephone_search,
    text_views,
    together,
    views,
)
from wangge.surfaces.web.department import figures_views as department_figures
from wangge.surfaces.web.department import views as department
from wangge.surfaces.web.elements import gallery
from wangge.surfaces.web.field import app_views as field_app
from wangge.surfaces.web.field import mine_views as field_mine
from wangge.surfaces.web.field import sending as field_sending
from wangge.surfaces.web.field import state as field_state
from wangge.surfaces.web.field import tracker_views as field_tracker
from wangge.surfaces.web.field import views as field
from wangge.surfaces.web.field.components import field_components
from wangge.surfaces.web.finance import (
    board_views,
    checking_batch_views,
    checking_views,
    draft_views,
    edition_views,
    evaluation_views,
    import_views,
    public_views,
    register_views,
    stocktaking_views,
    template_views,
    trace_views,
)
from wangge.surfaces.web.hall import views as hall
from wangge.surfaces.web.office import (
    case_imports,
    census_views,
    component_views,
    draw_views,
    hotline_days,
    hotline_views,
    letter_views,
    partner_views,
    platform_views,
    road_views,
    telephone_views,
)
from wangge.surfaces.web.office import ground_views as office_ground
from wangge.surfaces.web.office import import_views as office_imports
from wangge.surfaces.web.office import ownership_views as office_ownership
from wangge.surfaces.web.office import ruling_views as office_rulings
from wangge.surfaces.web.public import ground_views as public_ground
from wangge.surfaces.web.public import home_views as public_home
from wangge.surfaces.web.public import letter_views as public_letters
from wangge.surfaces.web.public import open_views as public_open
from wangge.surfaces.web.public import report_views as public_report
from wangge.surfaces.web.public import status_views as public_status


def _gallery() -> list[URLPattern | URLResolver]:
    """Only where everything is invented anyway, or a developer looks."""
    if not (settings.DEBUG or settings.ENVIRONMENT.mode == "demo"):
        return []
    return [
        path("gallery/", gallery.index, name="gallery"),
        path("gallery/photo/<int:number>.svg", gallery.photo),
        path("gallery/ground/<slug:name>.geojson", gallery.layer),
        path("gallery/<slug:name>", gallery.sample, name="gallery_sample"),
    ]


def _provider() -> list[URLPattern | URLResolver]:
    """The city's identity provider, where there is one."""
    return [path("oidc/", include("mozilla_django_oidc.urls"))] if settings.OIDC else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("sign-in", entrance.sign_in, name="sign_in"),
    path("sign-out", entrance.sign_out, name="sign_out"),
    path("second-factor", entrance.second_factor, name="second_factor"),
    path("second-factor/new", entrance.enrol_second_factor, name="enrol_second_factor"),
    path("password", entrance.change_password, name="change_password"),
    path("account", entrance.account, name="account"),
    path("language", set_language, name="set_language"),
    path("work", views.work_list, name="work_list"),
    path("board", duty_views.board, name="board"),
    path("board/look", duty_views.board_look, name="board_look"),
    path("pulse", pulse.pulse, name="pulse"),
    path("work/map", map_views.case_map, name="case_map"),
    path("work/clusters.geojson", map_views.case_clusters, name="case_clusters"),
    path("hall", hall.hall, name="hall"),
    path("unit", department.department_list, name="department_list"),
    path("unit/figures", department_figures.department_figures, name="department_figures"),
    path("field", field.field_tasks, name="field_tasks"),
    path("field/app", field_app.field_app, name="field_app"),
    path("field/enter", field_app.field_enter, name="field_enter"),
    path("field/worker.js", field_app.field_worker, name="field_worker"),
    path("field/app.webmanifest", field_app.field_manifest, name="field_manifest"),
    path("field/mine", field_mine.field_mine, name="field_mine"),
    path("field/tracker", field_tracker.field_tracker, name="field_tracker"),
    path("field/tracker/<int:token>/revoke", field_tracker.field_tracker_revoke, name="field_tracker_revoke"),
    path("field/state", field_state.field_state, name="field_state"),
    path("field/components", field_components, name="field_components"),
    path("field/reports", field_sending.send_reports, name="field_send_reports"),
    path("field/moves", field_sending.send_moves, name="field_send_moves"),
    path("field/positions", field_sending.send_positions, name="field_send_positions"),
    path("field/photos", field_sending.announce_photo, name="field_announce_photo"),
    path("field/photos/<str:upload>", field_sending.photo_upload, name="field_photo_upload"),
    path("cases", views.case_search, name="case_search"),
    path("cases/together", together.together, name="together"),
    path("cases/export.<slug:kind>", exports.case_export, name="case_export"),
    path("cases/telephone", telephone_search.case_telephone, name="case_telephone"),
    path("cases/new", reporting.report, name="report"),
    path("texts", text_views.standard_texts, name="standard_texts"),
    path("texts/offered", text_views.texts_offered, name="texts_offered"),
    path("texts/<int:number>/remove", text_views.text_remove, name="text_remove"),
    path("cases/new/similar", nearby.report_similar, name="report_similar"),
    path("cases/new/suggested", suggesting.report_suggested, name="report_suggested"),
    path("cases/<str:number>", views.case, name="case"),
    path("cases/<str:number>/in-hand", in_hand_views.case_in_hand, name="case_in_hand"),
    path("cases/<str:number>/moves/<slug:verb>", moving.move, name="move"),
    path("cases/<str:number>/suggested", suggesting.case_suggested, name="case_suggested"),
    path("cases/<str:number>/reporter", views.reveal_reporter, name="reveal_reporter"),
    path("cases/<str:number>/file", case_files.case_file, name="case_file"),
    path("cases/<str:number>/file.docx", case_files.case_file_docx, name="case_file_docx"),
    path("cases/<str:number>/photos/<slug:photo_id>", photos.photo, name="photo"),
    path("cases/<str:number>/photos/<slug:photo_id>/shown.jpg", photos.photo_copy, name="photo_copy"),
    path("cases/<str:number>/conditions", reclassing.conditions, name="conditions"),
    path("cases/<str:number>/photos/<slug:photo_id>/small.jpg", photos.photo_thumbnail, name="photo_thumbnail"),
    path("ownership", office_ownership.ownership, name="ownership"),
    path("ownership/drafts", office_ownership.ownership_draft, name="ownership_draft"),
    path("ownership/decisions", office_ownership.ownership_decision, name="ownership_decision"),
    path("ownership/decisions/<int:number>/paper.jpg", office_ownership.ownership_paper, name="ownership_paper"),
    path("ownership/wrong", office_ownership.ownership_wrong, name="ownership_wrong"),
    path("ownership/rulings/<int:number>", office_rulings.ownership_ruling, name="ownership_ruling"),
    path("ownership/rulings/<int:number>/aside", office_rulings.ownership_aside, name="ownership_aside"),
    path("ownership/<int:number>", office_ownership.ownership_set, name="ownership_set"),
    path("ownership/<int:number>/rules", office_ownership.ownership_rule, name="ownership_rule"),
    path("ownership/<int:number>/rules/<int:rule>/remove", office_ownership.ownership_remove, name="ownership_remove"),
    path("ownership/<int:number>/release", office_ownership.ownership_release, name="ownership_release"),
    path("components", component_views.register, name="components"),
    path("components/census", census_views.census_list, name="censuses"),
    path("components/census/open", census_views.census_open, name="census_open"),
    path("components/census/<int:number>", census_views.census, name="census"),
    path("components/census/tasks/<int:task>", census_views.census_task, name="census_task"),
    path("components/census/tasks/<int:task>/notes", census_views.census_note, name="census_note"),
    path("components/census/tasks/<int:task>/finish", census_views.census_finish, name="census_finish"),
    path("components/census/findings/<int:finding>", census_views.census_decide, name="census_decide"),
    path("components/<str:code>", component_views.component, name="component"),
    path("components/<str:code>/photos", component_views.component_add_photo, name="component_add_photo"),
    path(
        "components/<str:code>/photos/<slug:photo_id>/shown.jpg",
        component_views.component_photo,
        name="component_photo",
    ),
    path(
        "components/<str:code>/photos/<slug:photo_id>/small.jpg",
        component_views.component_thumbnail,
        name="component_thumbnail",
    ),
    path("hotline", hotline_views.hotline_orders, name="hotline_orders"),
    path("hotline/days", hotline_days.hotline_days, name="hotline_days"),
    path("hotline/dead", hotline_views.hotline_dead, name="hotline_dead"),
    path("hotline/dead/again", hotline_views.hotline_again, name="hotline_again"),
    path("hotline/<int:number>", hotline_views.hotline_order, name="hotline_order"),
    path("hotline/<int:number>/reveal", hotline_views.hotline_reveal, name="hotline_reveal"),
    path("hotline/<int:number>/acts/<slug:act>", hotline_views.hotline_act, name="hotline_act"),
    path("partners", partner_views.partner_list, name="partners"),
    path("partners/<int:number>", partner_views.partner, name="partner"),
    path("partners/<int:number>/acts/<slug:act>", partner_views.partner_act, name="partner_act"),
    path("platform", platform_views.platform, name="platform"),
    path("platform/explain", platform_views.platform_explain, name="platform_explain"),
    path("imports", case_imports.case_imports, name="case_imports"),
    path("imports/<int:run>", case_imports.case_import, name="case_import"),
    path("imports/<int:run>/refused.csv", case_imports.case_import_refused, name="case_import_refused"),
    path("ground", office_ground.ground_list, name="ground"),
    path("ground/areas/<slug:kind>/<slug:code>", office_ground.ground_area, name="ground_area"),
    path("ground/areas/<slug:kind>/<slug:code>/draw", draw_views.ground_draw, name="ground_draw"),
    path("ground/areas/<slug:kind>/<slug:code>/sheet.geojson", draw_views.ground_sheet, name="ground_sheet"),
    path("ground/areas/<slug:kind>/<slug:code>/preview", draw_views.ground_draw_preview, name="ground_draw_preview"),
    path("ground/grids/<slug:code>/responsible", office_ground.ground_appoint, name="ground_appoint"),
    path("ground/coming", office_ground.ground_coming, name="ground_coming"),
    path("ground/coming/<int:edition>/withdraw", office_ground.ground_withdraw, name="ground_withdraw"),
    path("ground/roads", road_views.ground_roads, name="ground_roads"),
    path("ground/import", office_imports.ground_import, name="ground_import"),
    path("ground/import/<int:upload>", office_imports.ground_import_report, name="ground_import_report"),
    path("ground/import/<int:upload>/rows.csv", office_imports.ground_bad_rows, name="ground_bad_rows"),
    path("ground/places", ground_views.find_places_view, name="find_places"),
    path("ground/places/at", ground_views.place_at_view, name="place_at"),
    path("ground/<slug:name>.geojson", ground_views.ground_layer, name="ground_layer"),
    path("finance/check", checking_views.accounts_check, name="accounts_check"),
    path("finance/check/batch", checking_batch_views.accounts_check_batch, name="accounts_check_batch"),
    path("finance/evaluation", evaluation_views.evaluation_list, name="evaluation_list"),
    path("finance/evaluation/<int:form_id>", evaluation_views.evaluation_sheet, name="evaluation_sheet"),
    path("finance/evaluation/<int:form_id>/<slug:act>", evaluation_views.evaluation_act, name="evaluation_act"),
    path("finance/budget", board_views.board, name="budget_board"),
    path("finance/budget/<int:allotment>", board_views.line, name="budget_line"),
    path("finance/accounts", draft_views.draft, name="account_draft"),
    path("finance/accounts/text", draft_views.text, name="account_text"),
    path("finance/accounts/trace", trace_views.trace_page, name="account_trace"),
    path("finance/accounts/file.<slug:format>", draft_views.draft_file, name="account_file"),
    path("finance/accounts/template", template_views.account_template, name="account_template"),
    path("finance/accounts/template/choose", template_views.account_template_choose, name="account_template_choose"),
    path(
        "finance/accounts/template/withdraw",
        template_views.account_template_withdraw,
        name="account_template_withdraw",
    ),
    path("finance/accounts/editions", edition_views.account_editions, name="account_editions"),
    path("finance/accounts/editions/compile", edition_views.account_compile, name="account_compile"),
    path("finance/accounts/editions/<int:edition>/<slug:verb>", edition_views.account_step, name="account_step"),
    path(
        "finance/accounts/editions/<int:edition>/file.<slug:format>",
        edition_views.account_edition_file,
        name="account_edition_file",
    ),
    path("finance/registers", register_views.registers, name="registers"),
    path("finance/stocktaking", stocktaking_views.stocktaking_page, name="stocktaking"),
    path("finance/registers/<slug:kind>", register_views.register, name="register"),
    path("finance/registers/<slug:kind>/<str:key>", register_views.register_record, name="register_record"),
    path("finance/imports", import_views.ledger_imports, name="ledger_imports"),
    path("finance/imports/<int:upload>", import_views.ledger_import, name="ledger_import"),
    path("disclosure", public_views.published_list, name="published_list"),
    path("disclosure/<str:unit>/<int:year>", public_views.published_account, name="published_account"),
    path("disclosure/<str:unit>/<int:year>/formula", public_views.published_formula, name="published_formula"),
    path("disclosure/<str:unit>/<int:year>/file.<slug:format>", public_views.published_file, name="published_file"),
    path("finance/evidence.<slug:format>", evaluation_views.evidence_book, name="evidence_book"),
    path("assessment", assessment.months, name="assessment"),
    path("assessment/signs", signs.signs, name="assessment_signs"),
    path("assessment/freeze", assessment.freeze, name="assessment_freeze"),
    path("assessment/results/<str:result_id>", assessment.figure, name="assessment_figure"),
    path("assessment/bulletins", bulletins.bulletin_list, name="bulletins"),
    path("assessment/bulletins/acts", bulletins.bulletins_act, name="bulletins_act"),
    path("assessment/bulletins/<str:period>.<slug:format>", bulletins.bulletin_file, name="bulletin_file"),
    path("assessment/bulletins/<str:period>", bulletins.bulletin, name="bulletin"),
    path("assessment/<str:period>", assessment.month, name="assessment_month"),
    path("assessment/<str:period>/what-if", what_if.what_if, name="assessment_what_if"),
    path("assessment/<str:period>/grids", grids.grids, name="assessment_grids"),
    path("assessment/<str:period>/grids.geojson", grids.grids_layer, name="assessment_grids_layer"),
    path("assessment/<str:period>/checks", checks.checks, name="assessment_checks"),
    path("assessment/<str:period>/checks/acts", checks.act, name="assessment_checks_act"),
    path("assessment/<str:period>/appeals", appeals.appeals, name="assessment_appeals"),
    path("assessment/<str:period>/appeals.xlsx", appeals.appeals_book, name="assessment_appeals_book"),
    path("assessment/<str:period>/steps", assessment.month_step, name="assessment_step"),
    path("assessment/<str:period>/<slug:kind>/<str:code>", assessment.one_object, name="assessment_object"),
    path("public", public_home.home, name="public_home"),
    path("public/report", public_report.report, name="public_report"),
    path("public/status", public_status.status, name="public_status"),
    path("public/status/acts", public_status.act, name="public_act"),
    path("public/letters", public_letters.letter, name="public_letter"),
    path("public/map", public_open.recent_map, name="public_map"),
    path("public/map/recent.geojson", public_open.recent_points, name="public_recent"),
    path("public/map/photos/<str:token>/small.jpg", public_status.open_thumbnail, name="public_open_photo"),
    path("public/bulletins", public_open.public_bulletins, name="public_bulletins"),
    path("public/bulletins/<str:period>", public_open.public_bulletin, name="public_bulletin"),
    path("public/photos/<str:token>/shown.jpg", public_status.photo, name="public_photo"),
    path("public/photos/<str:token>/small.jpg", public_status.thumbnail, name="public_thumbnail"),
    path("public/places", public_ground.public_places, name="public_places"),
    path("public/places/at", public_ground.public_place_at, name="public_place_at"),
    path("public/ground/<slug:name>.geojson", public_ground.public_layer, name="public_layer"),
    path("people", people_views.people_list, name="people"),
    path("people/<int:number>", person_views.person, name="person"),
    path("people/<int:number>/acts/<slug:act>", person_views.person_act, name="person_act"),
    path("people/permissions", permission_views.permissions, name="permissions"),
    path("rules", rule_views.rules, name="rules"),
    path("audit", audit_views.audit_log, name="audit_log"),
    path("audit/export.csv", audit_views.audit_export, name="audit_export"),
    path("handover", handover_views.handovers, name="handovers"),
    path("handover/<int:number>/signature", handover_views.handover_sign, name="handover_sign"),
    path("views/<slug:page>", kept_views.view_keep, name="view_keep"),
    path("views/<slug:page>/<int:number>/remove", kept_views.view_remove, name="view_remove"),
    path("columns/<slug:page>", kept_views.columns_keep, name="columns_keep"),
    path("call-backs", call_back_views.call_back_list, name="call_backs"),
    path("calls", telephone_views.calls, name="calls"),
    path("calls/now", telephone_views.calls_now, name="calls_now"),
    path("calls/seat", telephone_views.call_seat, name="call_seat"),
    path("calls/<int:number>", telephone_views.call_page, name="call"),
    path("calls/<int:number>/acts/<slug:act>", telephone_views.call_act, name="call_act"),
    path("calls/<int:number>/reveal", telephone_views.call_reveal, name="call_reveal"),
    path("calls/<int:number>/listen", telephone_views.call_listen, name="call_listen"),
    path("calls/<int:number>/recording", telephone_views.call_recording, name="call_recording"),
    path("letters", letter_views.letters, name="letters"),
    path("letters/<int:number>", letter_views.letter, name="letter"),
    path("letters/<int:number>/reveal", letter_views.letter_reveal, name="letter_reveal"),
    path("letters/<int:number>/acts/<slug:act>", letter_views.letter_act, name="letter_act"),
    path("letters/<int:number>/photos/<slug:photo_id>.jpg", letter_views.letter_photo, name="letter_photo"),
    path("notices", messages_views.notices, name="notices"),
    path("notices/read", messages_views.notices_read, name="notices_read"),
    path("notices/count", messages_views.notices_count, name="notices_count"),
    *_provider(),
    *_gallery(),
]
