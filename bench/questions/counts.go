// Package questions holds what the benchmark asks: ten counts with their best
// hand-written SQL, and three hundred leaves, which a seed makes both as
// expressions and as SQL. expressions.txt beside the program lists all of them;
// dates in SQL are those of the as-of 2025-12-31, the end of the generated
// years, in UTC.
package questions

// Count is one of the ten counts.
type Count struct {
	Name       string
	Expression string
	// DuckDB are the statements that a person might write for speed; the
	// fastest of them counts. Each returns the number of members and the sum of
	// their customer numbers.
	DuckDB []string
	// Postgres likewise.
	Postgres []string
}

// Counts are the ten counts.
func Counts() []Count { return counts }

var counts = []Count{
	{
		Name:       "three clauses",
		Expression: `country in ("DK", "SE") and did purchase at least twice within last 90 days and did not return within last 12 months`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM customers
			 WHERE country IN ('DK', 'SE')
			   AND customer IN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-10-03' GROUP BY customer HAVING count(*) >= 2)
			   AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.customer = customers.customer AND r.time >= TIMESTAMP '2025-01-01')`,
			`SELECT count(*), sum(c.customer) FROM customers c
			 SEMI JOIN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-10-03' GROUP BY customer HAVING count(*) >= 2) p ON p.customer = c.customer
			 ANTI JOIN (SELECT customer FROM returns WHERE time >= TIMESTAMP '2025-01-01') r ON r.customer = c.customer
			 WHERE c.country IN ('DK', 'SE')`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT p.customer FROM purchases p SEMI JOIN (SELECT customer FROM customers WHERE country IN ('DK', 'SE')) c ON c.customer = p.customer
			   WHERE p.time >= TIMESTAMP '2025-10-03' GROUP BY p.customer HAVING count(*) >= 2) b
			 ANTI JOIN (SELECT customer FROM returns WHERE time >= TIMESTAMP '2025-01-01') r USING (customer)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM customers c
			 WHERE country IN ('DK', 'SE')
			   AND customer IN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-10-03' GROUP BY customer HAVING count(*) >= 2)
			   AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.customer = c.customer AND r.time >= TIMESTAMP '2025-01-01')`,
		},
	},
	{
		Name:       "12-month sum",
		Expression: `sum(amount) of purchase within last 12 months >= 500`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING sum(amount) >= 500)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING sum(amount) >= 500) s`,
		},
	},
	{
		Name:       "distinct count",
		Expression: `count distinct(category) of view within last 6 months >= 5`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM views WHERE time >= TIMESTAMP '2025-07-01' GROUP BY customer HAVING count(DISTINCT category) >= 5)`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM (SELECT DISTINCT customer, category FROM views WHERE time >= TIMESTAMP '2025-07-01')
			   GROUP BY customer HAVING count(*) >= 5)`,
			`WITH v AS (SELECT customer, category FROM views WHERE time >= TIMESTAMP '2025-07-01')
			 SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM (SELECT customer, category FROM v SEMI JOIN
			     (SELECT customer FROM v GROUP BY customer HAVING count(*) >= 5) USING (customer) GROUP BY customer, category)
			   GROUP BY customer HAVING count(*) >= 5)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM views WHERE time >= TIMESTAMP '2025-07-01' GROUP BY customer HAVING count(DISTINCT category) >= 5) s`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM (SELECT DISTINCT customer, category FROM views WHERE time >= TIMESTAMP '2025-07-01') d
			   GROUP BY customer HAVING count(*) >= 5) s`,
		},
	},
	{
		Name:       "sequence",
		Expression: `did view then purchase within 7 days`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT DISTINCT p.customer FROM purchases p ASOF JOIN views v ON v.customer = p.customer AND v.time < p.time
			   WHERE p.time <= v.time + INTERVAL 7 DAY)`,
			// In the order of time, and where times are equal purchases first,
			// the last view so far is strictly earlier.
			`SELECT count(*), sum(customer) FROM (
			   SELECT DISTINCT customer FROM (
			     SELECT customer, time, viewed, max(CASE WHEN viewed THEN time END) OVER (PARTITION BY customer ORDER BY time, viewed ROWS UNBOUNDED PRECEDING) AS last
			     FROM (SELECT customer, time, true AS viewed FROM views UNION ALL SELECT customer, time, false FROM purchases))
			   WHERE NOT viewed AND time <= last + INTERVAL 7 DAY)`,
			`SELECT count(*), sum(customer) FROM customers c WHERE EXISTS (
			   SELECT 1 FROM purchases p JOIN views v ON v.customer = p.customer AND v.time < p.time AND p.time <= v.time + INTERVAL 7 DAY
			   WHERE p.customer = c.customer)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM customers c WHERE EXISTS (
			   SELECT 1 FROM purchases p JOIN views v ON v.customer = p.customer AND v.time < p.time AND v.time >= p.time - INTERVAL '7 days'
			   WHERE p.customer = c.customer)`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT DISTINCT customer FROM (
			     SELECT customer, time, viewed, max(CASE WHEN viewed THEN time END) OVER (PARTITION BY customer ORDER BY time, viewed ROWS UNBOUNDED PRECEDING) AS last
			     FROM (SELECT customer, time, true AS viewed FROM views UNION ALL SELECT customer, time, false FROM purchases) e) w
			   WHERE NOT viewed AND time <= last + INTERVAL '7 days') s`,
		},
	},
	{
		Name:       "regularity",
		Expression: `did visit in at least 8 of last 12 months`,
		DuckDB: []string{
			// The twelve months before the as-of are those of 2025.
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM visits WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING bit_count(bit_or(1 << month(time))) >= 8)`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM visits WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING count(DISTINCT month(time)) >= 8)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM visits WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer
			   HAVING bit_count(bit_or(1 << date_part('month', time)::int)::bit(32)) >= 8) s`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM visits WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING count(DISTINCT date_part('month', time)) >= 8) s`,
		},
	},
	{
		Name:       "rank",
		Expression: `sum(amount) of purchase within last 12 months in top 10%`,
		DuckDB: []string{
			`WITH s AS MATERIALIZED (SELECT customer, sum(amount) AS spent FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer)
			 SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM s ORDER BY spent DESC, customer LIMIT (SELECT ceil(count(*) * 0.1)::BIGINT FROM s))`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM (SELECT customer, sum(amount) AS spent FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer)
			   QUALIFY row_number() OVER (ORDER BY spent DESC, customer) <= ceil(0.1 * count(*) OVER ()))`,
		},
		Postgres: []string{
			`WITH s AS MATERIALIZED (SELECT customer, sum(amount) AS spent FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer)
			 SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM s ORDER BY spent DESC, customer LIMIT (SELECT ceil(count(*) * 0.1)::bigint FROM s)) t`,
		},
	},
	{
		Name:       "lapsed",
		Expression: `plan = "gold" and last purchase more than 180 days ago`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM customers
			 SEMI JOIN (SELECT customer FROM purchases GROUP BY customer HAVING max(time) < TIMESTAMP '2025-07-05') p USING (customer)
			 WHERE plan = 'gold'`,
			`SELECT count(*), sum(customer) FROM customers c
			 SEMI JOIN purchases p ON p.customer = c.customer
			 ANTI JOIN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-07-05') q ON q.customer = c.customer
			 WHERE c.plan = 'gold'`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT p.customer FROM purchases p SEMI JOIN (SELECT customer FROM customers WHERE plan = 'gold') c ON c.customer = p.customer
			   GROUP BY p.customer HAVING max(p.time) < TIMESTAMP '2025-07-05')`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM customers c
			 WHERE plan = 'gold' AND (SELECT max(time) FROM purchases p WHERE p.customer = c.customer) < TIMESTAMP '2025-07-05'`,
		},
	},
	{
		Name:       "text and number",
		Expression: `did purchase where (category in ("wine", "cheese") and amount > 100) at least twice within last 12 months`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' AND category IN ('wine', 'cheese') AND amount > 100
			   GROUP BY customer HAVING count(*) >= 2)`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' AND (category = 'wine' OR category = 'cheese') AND amount > 100
			   GROUP BY customer HAVING count(*) >= 2)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' AND category IN ('wine', 'cheese') AND amount > 100
			   GROUP BY customer HAVING count(*) >= 2) s`,
		},
	},
	{
		Name:       "abandoned cart",
		Expression: `did cart within last 30 days and did not purchase within last 30 days`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM (SELECT DISTINCT customer FROM carts WHERE time >= TIMESTAMP '2025-12-02') c
			 ANTI JOIN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-12-02') p USING (customer)`,
			`SELECT count(*), sum(customer) FROM customers c
			 SEMI JOIN (SELECT customer FROM carts WHERE time >= TIMESTAMP '2025-12-02') k ON k.customer = c.customer
			 ANTI JOIN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-12-02') p ON p.customer = c.customer`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM (
			   SELECT customer FROM carts WHERE time >= TIMESTAMP '2025-12-02'
			   EXCEPT SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-12-02') s`,
			`SELECT count(*), sum(customer) FROM (SELECT DISTINCT customer FROM carts WHERE time >= TIMESTAMP '2025-12-02') c
			 WHERE NOT EXISTS (SELECT 1 FROM purchases p WHERE p.customer = c.customer AND p.time >= TIMESTAMP '2025-12-02')`,
		},
	},
	{
		Name:       "average of a group",
		Expression: `age between 25 and 40 and newsletter and avg(amount) of purchase within last 12 months >= 50`,
		DuckDB: []string{
			`SELECT count(*), sum(customer) FROM customers
			 SEMI JOIN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING avg(amount) >= 50) p USING (customer)
			 WHERE age BETWEEN 25 AND 40 AND newsletter`,
			`SELECT count(*), sum(customer) FROM (
			   SELECT p.customer FROM purchases p SEMI JOIN (SELECT customer FROM customers WHERE age BETWEEN 25 AND 40 AND newsletter) c ON c.customer = p.customer
			   WHERE p.time >= TIMESTAMP '2025-01-01' GROUP BY p.customer HAVING avg(p.amount) >= 50)`,
		},
		Postgres: []string{
			`SELECT count(*), sum(customer) FROM customers
			 WHERE age BETWEEN 25 AND 40 AND newsletter
			   AND customer IN (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING avg(amount) >= 50)`,
			`SELECT count(*), sum(customer) FROM (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING avg(amount) >= 50) p
			 JOIN customers USING (customer) WHERE age BETWEEN 25 AND 40 AND newsletter`,
			`WITH p AS MATERIALIZED (SELECT customer FROM purchases WHERE time >= TIMESTAMP '2025-01-01' GROUP BY customer HAVING avg(amount) >= 50)
			 SELECT count(*), sum(customer) FROM customers JOIN p USING (customer) WHERE age BETWEEN 25 AND 40 AND newsletter`,
		},
	},
}
