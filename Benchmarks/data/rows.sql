-- 20 columns of $ROWS records, always the same for the same $SEED; a shift moves some of them, so that drift has something to find.
CREATE OR REPLACE TEMP MACRO dice(n, salt) AS hash(n * 1000003 + $SEED * 7919 + salt);
CREATE OR REPLACE TEMP MACRO evenly(n, salt) AS (dice(n, salt) >> 11)::DOUBLE / 9007199254740992.0;
CREATE OR REPLACE TEMP MACRO bell(n, salt) AS sqrt(-2 * ln(1 - evenly(n, salt))) * cos(6.283185307179586 * evenly(n, salt + 500));
CREATE OR REPLACE TEMP VIEW records AS SELECT
  (n * 7 + $SEED * 1000000007)::BIGINT AS id,
  chr((65 + dice(n, 1) % 26)::INTEGER) || chr((65 + dice(n, 2) % 26)::INTEGER) || '-' || lpad((dice(n, 3) % 1000000)::VARCHAR, 6, '0') AS code,
  CASE WHEN dice(n, 4) % 20 > 0 THEN 'user' || (dice(n, 5) % 500000) || '@mail' || (dice(n, 6) % 50) || '.example.org' END AS email,
  (dice(n, 7) % 101)::BIGINT AS quantity,
  CASE WHEN dice(n, 8) % 10 > 0 THEN (18 + floor(evenly(n, 9) * evenly(n, 10) * 80))::BIGINT END AS age,
  round(exp(3 + 0.8 * bell(n, 11) + $SHIFT * 0.1), 2) AS price,
  CASE WHEN dice(n, 12) % 25 > 0 THEN round(evenly(n, 13) * evenly(n, 14), 4) END AS rate,
  CASE WHEN dice(n, 15) % 50 > 0 THEN round(12 + 7 * bell(n, 16) + $SHIFT * 2, 1) END AS temperature,
  round(abs(70 + 15 * bell(n, 17)), 3) AS weight,
  round(bell(n, 18), 6) AS score,
  round(evenly(n, 19) * 180 - 90, 5) AS latitude,
  round(evenly(n, 20) * 360 - 180, 5) AS longitude,
  (DATE '2024-01-01' + (dice(n, 21) % 366)::INTEGER) AS day,
  (TIMESTAMP '2024-01-01 00:00:00' + to_seconds((dice(n, 22) % 31622400)::BIGINT)) AS moment,
  dice(n, 23) % 3 > 0 AS active,
  CASE WHEN dice(n, 24) % 5 > 0 THEN dice(n, 25) % 10 = 0 END AS flagged,
  ['AT','BE','BG','CH','CZ','DE','DK','EE','ES','FI','FR','GR','HR','HU','IE','IT','LT','NL','PL','SE'][(1 + floor(20 * pow(evenly(n, 26), 1.5 + $SHIFT * 0.3)))::INTEGER] AS country,
  ['new','paid','sent','done','void'][(1 + dice(n, 27) % 5)::INTEGER] AS status,
  'City ' || lpad((floor(evenly(n, 28) * evenly(n, 29) * 400))::INTEGER::VARCHAR, 3, '0') AS city,
  (dice(n, 30) % 7 = 0)::BIGINT AS label
FROM range($ROWS) AS t(n);
COPY (SELECT * FROM records) TO '$OUT.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * REPLACE (strftime(moment, '%Y-%m-%dT%H:%M:%S') AS moment) FROM '$OUT.parquet') TO '$OUT.csv' (FORMAT csv, HEADER);
