-- Requests to models have become one kind of the HTTP requests that steps leave to the engine: those that
-- wait are rewritten, each with its key where it goes, in a header.
UPDATE queue_items
SET id = run_id || ':request:' || step_id,
    kind = 'request',
    payload_json = json_object(
      'shape', 'model',
      'url', json_extract(payload_json, '$.url'),
      'method', 'POST',
      'headers', json_patch(
        json_patch(
          '{"content-type":"application/json"}',
          coalesce(json_extract(payload_json, '$.headers'), '{}')),
        CASE
          WHEN json_extract(payload_json, '$.authKey') = '' THEN '{}'
          WHEN json_extract(payload_json, '$.format') IN ('gemini', 'azure-openai') THEN '{}'
          WHEN json_extract(payload_json, '$.format') = 'anthropic'
            THEN json_object('x-api-key', json_extract(payload_json, '$.authKey'))
          ELSE json_object('authorization', 'Bearer ' || json_extract(payload_json, '$.authKey'))
        END),
      -- As text, which the concatenation makes of it: the SDK gave JSON, the request has its letters.
      'body', '' || json_extract(payload_json, '$.body'))
WHERE kind = 'ai';
