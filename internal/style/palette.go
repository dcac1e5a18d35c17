package style

// palette is the colours of a look. The ground is quiet so that the rings, which
// have the only strong colours, are what is seen first.
type palette struct {
	outside, city, outline        string
	water, waterText              string
	green, industry, built        string
	building, buildingEdge        string
	road, roadMajor, roadEdge     string
	rail                          string
	radial, radialEdge            string
	text, textQuiet, halo         string
	zone, project, bridge, metro  string
	metroGap, node, nodeEdge, pin string
	retired, ward                 string
	rings                         []any // pairs of ring and colour
	ringOther                     string
	others                        []string // for layers of users
}

func lightPalette() palette {
	return palette{
		outside: "#ece9e2", city: "#f8f6f1", outline: "#a99c88",
		water: "#b9d6e5", waterText: "#3f7591",
		green: "#dce8ce", industry: "#eae5ea", built: "#f2eee6",
		building: "#e5dfd3", buildingEdge: "#d3cabb",
		road: "#ffffff", roadMajor: "#fffdf6", roadEdge: "#d9d1c3",
		rail:   "#b3aca0",
		radial: "#b49f83", radialEdge: "#fdfbf6",
		text: "#3d3a34", textQuiet: "#6f695f", halo: "#fbfaf7",
		zone: "#0b7285", project: "#a8480b", bridge: "#6d5a48", metro: "#3a4754",
		metroGap: "#ffffff", node: "#22303c", nodeEdge: "#ffffff", pin: "#22303c",
		retired: "#8d867b", ward: "#c9bfae",
		rings: []any{
			"VD1", "#c81d3c", "VD2", "#e8590c", "VD2.5", "#c98a00", "VD3", "#0b8a5f",
			"VD3.5", "#1971c2", "VD4", "#6741d9", "VD5", "#ae2a8a",
		},
		ringOther: "#5c5c5c",
		others:    []string{"#8c5e2a", "#33691e", "#5b4b8a", "#00695c", "#9c2c5f", "#37528f"},
	}
}

func darkPalette() palette {
	return palette{
		outside: "#11151a", city: "#181d23", outline: "#5d6874",
		water: "#15303f", waterText: "#6ba3bf",
		green: "#1b2a22", industry: "#20222c", built: "#1c2229",
		building: "#232a32", buildingEdge: "#2f3842",
		road: "#323b45", roadMajor: "#3d4752", roadEdge: "#12161b",
		rail:   "#4b5560",
		radial: "#8a7a62", radialEdge: "#14181d",
		text: "#dfe4e9", textQuiet: "#97a2ad", halo: "#12161b",
		zone: "#3bc9db", project: "#ff9f5a", bridge: "#a58d75", metro: "#c3ced9",
		metroGap: "#1a2027", node: "#e9eef3", nodeEdge: "#12161b", pin: "#e9eef3",
		retired: "#747d86", ward: "#36404a",
		rings: []any{
			"VD1", "#ff5470", "VD2", "#ff8a3d", "VD2.5", "#fcc43a", "VD3", "#30cf97",
			"VD3.5", "#56a8ff", "VD4", "#a78bff", "VD5", "#f277cf",
		},
		ringOther: "#b0b7be",
		others:    []string{"#d8a566", "#8bc34a", "#b3a1e6", "#4db6ac", "#f08bb4", "#8ea6e6"},
	}
}

// ring is the colour of a ring by the property ring.
func (p *palette) ring() []any {
	pairs := append([]any{}, p.rings...)
	return match("ring", append(pairs, p.ringOther)...)
}
