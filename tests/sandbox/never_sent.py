"""What Slack may say and the sandbox never does, on purpose, and what it says that the shapes are too old to know."""

NEVER_ANSWERED = {
    "answer": (
        "already_open app_id app_name arg callstack content content_highlight_css content_highlight_html "
        "content_highlight_html_truncated deprecated_argument enterprise_id error errors expires_in "
        "is_truncated latest needed no_op offset oldest provided warning"
    ),
    "channel": (
        "connected_limited_team_ids connected_team_ids conversation_host_id internal_team_ids "
        "is_global_shared is_moved is_non_threadable is_org_default is_org_mandatory is_read_only is_starred "
        "is_thread_only last_read latest locale pending_connected_team_ids properties unread_count "
        "unread_count_display"
    ),
    "channels": (
        "conversation_host_id enterprise_id internal_team_ids is_global_shared is_moved is_open "
        "is_org_default is_org_mandatory is_user_deleted last_read parent_conversation "
        "pending_connected_team_ids priority properties user"
    ),
    "file": (
        "access alt_txt app_id app_name bot_id can_toggle_canvas_lock canvas_printing_enabled "
        "canvas_template_mode cc channel_actions_count channel_actions_ts converted_pdf deanimate "
        "deanimate_gif dm_mpdm_users_with_file_access duration_ms edit_link edit_timestamp editor editors "
        "external_id external_url favorites from has_more has_more_shares headers hls hls_embed "
        "image_exif_rotation initial_comment is_channel_space is_restricted_sharing_enabled last_editor "
        "last_read lines lines_more linked_channel_id list_csv_download_url list_limits list_metadata "
        "media_progress mp4 mp4_low non_owner_editable num_stars org_or_workspace_access "
        "original_attachment_count original_h original_w pinned_to pjpeg plain_text preview preview_highlight "
        "preview_is_truncated preview_plain_text private_channels_with_file_access_count "
        "private_file_with_access_count quip_thread_id reactions saved sent_to_self show_badge "
        "simplified_html source_team subject subtype team_pref_version_history_enabled teams_shared_with "
        "template_conversion_ts template_description template_icon template_name template_title thumb_1024 "
        "thumb_1024_gif thumb_1024_h thumb_1024_w thumb_160 thumb_160_gif thumb_160_h thumb_160_w thumb_360 "
        "thumb_360_gif thumb_360_h thumb_360_w thumb_480 thumb_480_gif thumb_480_h thumb_480_w thumb_64 "
        "thumb_64_gif thumb_64_h thumb_64_w thumb_720 thumb_720_gif thumb_720_h thumb_720_w thumb_80 "
        "thumb_800 thumb_800_gif thumb_800_h thumb_800_w thumb_80_gif thumb_80_h thumb_80_w thumb_960 "
        "thumb_960_gif thumb_960_h thumb_960_w thumb_gif thumb_pdf thumb_pdf_h thumb_pdf_w thumb_tiny "
        "thumb_video thumb_video_h thumb_video_w title_blocks to transcription update_notification updated "
        "url_static_preview vtt"
    ),
    "members": "enterprise_user has_2fa is_workflow_bot locale two_factor_type",
    "message": (
        "assistant_app_thread attachments display_as_bot files icons permalink room root subtype upload "
        "username x_files"
    ),
    "messages": (
        "app_id assistant_app_thread attachments bot_id bot_profile display_as_bot files icons inviter "
        "last_read metadata purpose root subtype topic upload username x_files"
    ),
    "profile": (
        "fields guest_invited_by huddle_state huddle_state_expiration_ts image_1024 image_192 image_24 "
        "image_32 image_48 image_512 image_72 image_original is_custom_image pronouns start_date "
        "status_emoji_display_info status_emoji_url status_text_canonical"
    ),
    "submit": "emoji",
    "team": (
        "discoverable enterprise_domain enterprise_id enterprise_name is_sfdc_auto_slack "
        "lob_sales_home_enabled locale pay_prod_cur sso_provider"
    ),
    "user": (
        "enterprise_id enterprise_name enterprise_user has_2fa is_connector_bot is_invited_user is_stranger "
        "is_workflow_bot locale teams two_factor_type"
    ),
    "usergroups": (
        "channel_count deleted_by enterprise_subteam_id is_editing_restricted is_idp_group "
        "is_membership_locked is_org_level is_section is_visible prefs updated_by"
    ),
    "view": "app_unfurl_url channel entity_url external_ref message_ts thread_ts",
}

NEVER_TOLD = {
    "actions": (
        "confirm initial_channel initial_conversation initial_date initial_option initial_time initial_user "
        "min_query_length placeholder rich_text_value selected_channel selected_conversation selected_date "
        "selected_option selected_time selected_user style url"
    ),
    "container": "app_unfurl_url attachment_id is_app_unfurl text",
    "event": "attachments edited enterprise metadata source_team user_profile user_team username",
    "message": (
        "assistant_app_thread attachments bot_link channel comment display_as_bot file files hidden icons "
        "inviter is_intro is_starred is_thread_broadcast item item_type last_read no_notifications "
        "parent_user_id pinned_to purpose room root subtype topic unfurl_links unfurl_media upload username "
        "wibblr"
    ),
    "payload": (
        "app_unfurl authed_teams authed_users bot_access_token enterprise_id enterprise_name function_data "
        "interactivity"
    ),
    "previous_message": (
        "attachments display_as_bot edited hidden is_starred last_read latest_reply parent_user_id "
        "reply_count reply_users_count source_team subtype upload user_team"
    ),
    "profile": (
        "always_active api_app_id bot_id guest_channels guest_expiration_ts guest_invited_by huddle_state "
        "huddle_state_expiration_ts image_1024 image_192 image_24 image_32 image_48 image_512 image_72 "
        "image_original is_custom_image pronouns status_emoji_url status_text_canonical"
    ),
    "subteam": "channel_count deleted_by enterprise_subteam_id is_section prefs updated_by",
    "submit": "emoji",
    "team": "enterprise_id enterprise_name",
    "text": "emoji",
    "user": (
        "enterprise_user has_2fa has_files is_connector_bot is_invited_user is_stranger is_workflow_bot "
        "locale presence two_factor_type"
    ),
}

NEWER_THAN_THE_SHAPES: dict[str, dict[str, set[str]]] = {
    "answers": {
        "answer": {
            "response_metadata",
        },
        "bot_profile": {
            "user_id",
        },
        "channel": {
            "is_user_deleted",
            "num_members",
        },
        "members": {
            "is_stranger",
        },
        "message": {
            "edited",
            "is_locked",
            "latest_reply",
            "metadata",
            "reply_count",
            "reply_users",
            "reply_users_count",
            "subscribed",
            "thread_ts",
            "ts",
        },
        "messages": {
            "client_msg_id",
        },
    },
    "payloads": {
        "bot_profile": {
            "user_id",
        },
        "event": {
            "app_id",
            "bot_id",
            "bot_profile",
            "client_msg_id",
            "event_ts",
            "team",
        },
        "message": {
            "app_id",
        },
        "payload": {
            "api_app_id",
            "context_enterprise_id",
            "context_team_id",
            "response_urls",
        },
        "previous_message": {
            "app_id",
        },
        "user": {
            "username",
        },
        "view": {
            "blocks",
        },
    },
}
